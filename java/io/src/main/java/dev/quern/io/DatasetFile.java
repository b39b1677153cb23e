package dev.quern.io;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reading and writing of data sets as safetensors files, which other programs can also write. The
 * first dimension of each tensor is the number of samples:
 *
 * <ul>
 *   <li>{@code inputs}: samples, {@code [N, C, H, W]} for images; U8 are bytes, which a
 *       normalization divides by 255; F32, F16, BF16 and F64 are floats. For a network with several
 *       inputs, there is {@code inputs.NAME} for each input.
 *   <li>{@code targets}, or {@code targets.NAME} for each of several outputs. Integers of shape
 *       {@code [N]} are labels, counted from 0. All other tensors are targets, used unchanged.
 *       {@code [N, C]} are several numbers: labels of 0 or 1, probabilities, or others. Floats
 *       {@code [N]} are one number, {@code [N, H, W]} the class of each pixel, {@code [N, C, H, W]}
 *       images or probabilities. Without targets, each sample is its own target, see {@link
 *       Dataset#withSamplesAsTargets}.
 * </ul>
 *
 * Metadata:
 *
 * <ul>
 *   <li>{@code format}: {@code quern-dataset}, and {@code format_version}: {@code 1}
 *   <li>{@code classes}, or {@code classes.NAME} for {@code targets.NAME}: the class names in label
 *       order, a JSON list of strings; required for labels.
 *   <li>{@code name}: optional; the default is the file's name or, for {@code train.safetensors}
 *       and {@code test.safetensors}, the folder's name
 * </ul>
 *
 * Other metadata is ignored. A file is read completely into memory.
 */
public final class DatasetFile {
  static final String OPERATION = "data set file";

  private DatasetFile() {}

  /**
   * Loads a data set with one input and at most one target; their names do not matter.
   *
   * @throws dev.quern.error.NotFoundException if the file does not exist
   * @throws FormatException if the file is not a data set file, is truncated, or breaks a rule of
   *     the format, for example if sizes differ or labels are outside the classes
   * @throws NumericException if a value is NaN or infinite
   * @throws InvalidArgumentException if the file has several inputs or targets
   * @throws dev.quern.error.FileAccessException if the file cannot be read
   * @throws dev.quern.error.MemoryLimitException if the content does not fit in the free part of
   *     the JVM's heap
   */
  public static Dataset load(Path file) {
    return within(file, () -> only(file));
  }

  private static Dataset only(Path file) {
    DatasetContent content = content(file);
    if (content.inputs().size() > 1 || content.targets().size() > 1) {
      throw new InvalidArgumentException(
          OPERATION
              + ": "
              + file
              + " has inputs "
              + content.inputs()
              + " and targets "
              + content.targets()
              + ", but a Dataset has only one of each: pass a network to load a MultiDataset");
    }
    return content.set(
        content.inputs().iterator().next(), content.targets().stream().findFirst().orElse(null));
  }

  /**
   * Loads a data set for a network with any number of inputs and outputs. An unnamed {@code inputs}
   * or {@code targets} belongs to the network's only input or output.
   *
   * @throws InvalidArgumentException if names differ from the network's inputs and outputs; other
   *     exceptions are those of {@link #load(Path)}
   */
  public static MultiDataset load(Path file, Network network) {
    Require.present(OPERATION, "network", network);
    return within(file, () -> forNetwork(file, network));
  }

  private static MultiDataset forNetwork(Path file, Network network) {
    DatasetContent content = content(file);
    Map<String, String> inputs =
        named(file, "inputs", content.inputs(), network.inputs().keySet(), network);
    String input = content.inputs().iterator().next();
    Map<String, String> targets = new LinkedHashMap<>();
    if (content.targets().isEmpty() && network.isSingle()) {
      targets.put(network.outputs().get(0), null); // the sample itself
    } else {
      targets = named(file, "targets", content.targets(), network.outputs(), network);
    }
    String target = targets.values().iterator().next();
    return MultiDataset.of(
        sets(inputs, name -> content.set(name, target)),
        sets(targets, name -> content.set(input, name)));
  }

  private static Map<String, Dataset> sets(
      Map<String, String> names, Function<String, Dataset> make) {
    Map<String, Dataset> all = new LinkedHashMap<>();
    names.forEach((own, inFile) -> all.put(own, make.apply(inFile)));
    return all;
  }

  /**
   * Returns the file's name for each of the network's inputs or outputs, in the network's order.
   */
  private static Map<String, String> named(
      Path file, String what, Set<String> found, Collection<String> wanted, Network network) {
    Map<String, String> all = new LinkedHashMap<>();
    boolean one = wanted.size() == 1 && found.equals(Set.of(DatasetContent.UNNAMED));
    if (!one && !found.equals(Set.copyOf(wanted))) {
      throw new InvalidArgumentException(
          OPERATION
              + ": "
              + file
              + ": its "
              + what
              + " "
              + found
              + " do not match network "
              + network.name()
              + ", which has "
              + wanted);
    }
    wanted.forEach(name -> all.put(name, one ? DatasetContent.UNNAMED : name));
    return all;
  }

  private static <T> T within(Path file, Supplier<T> load) {
    Require.present(OPERATION, "file", file);
    return Heap.within(OPERATION + ": " + file, load);
  }

  private static DatasetContent content(Path file) {
    try (SafetensorsFile from = SafetensorsFile.open(file)) {
      return DatasetContent.read(from, DatasetContent.name(file));
    } catch (NumericException e) {
      throw new NumericException(in(file, e));
    } catch (FormatException | ShapeException e) {
      throw new FormatException(in(file, e), e);
    } catch (InvalidArgumentException e) {
      throw new FormatException(in(file, e), e);
    }
  }

  private static String in(Path file, RuntimeException e) {
    return OPERATION + ": " + file + ": " + e.getMessage();
  }

  /**
   * Saves a data set atomically, replacing an existing file. The format cannot store sample
   * weights: save the set before calling {@link Dataset#withWeights}.
   *
   * @throws dev.quern.error.DataException if a sample, label or target does not match the set's
   *     shape and classes
   * @throws InvalidArgumentException if the set has sample weights, or more values than an array
   *     can contain
   * @throws dev.quern.error.NotFoundException if the folder is missing
   * @throws dev.quern.error.FileAccessException if the folder cannot be written to
   */
  public static void save(Path file, Dataset data) {
    Require.present(OPERATION, "file", file);
    Require.present(OPERATION, "data", data);
    Heap.within(
        OPERATION + ": " + file,
        () -> new DatasetWriter(data).input("", data).targets("", data).write(file));
  }

  /** Saves a data set with several inputs or outputs, like {@link #save(Path, Dataset)}. */
  public static void save(Path file, MultiDataset data) {
    Require.present(OPERATION, "file", file);
    Require.present(OPERATION, "data", data);
    Heap.within(
        OPERATION + ": " + file,
        () -> {
          DatasetWriter writer = new DatasetWriter(data.inputs().values().iterator().next());
          data.inputs().forEach((name, set) -> writer.input("." + name, set));
          data.targets().forEach((name, set) -> writer.targets("." + name, set));
          return writer.write(file);
        });
  }
}
