package dev.quern.cli.data;

import dev.quern.cli.option.NetworkSource;
import dev.quern.cli.process.BadValueException;
import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.data.Preprocessing;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.DatasetFile;
import dev.quern.io.dataset.Split;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.ModelData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of commands that read a data set, either built-in or custom. */
public final class DataOptions extends DataFolderOptions {
  @Option(
      names = "--data",
      paramLabel = "NAME|PATH",
      converter = DataSource.Converter.class,
      description =
          "The data set. Built-in: cifar10, cifar100, cifar100-coarse (20 classes), svhn, mnist,"
              + " fashion-mnist or fashion-mnist-sample (included in Quern). Arrays: a .npz or"
              + " .safetensors file, or a folder of .npy files. Table: a .csv file with a header,"
              + " see --label-column. Files written by Quern: a folder with train.safetensors and"
              + " test.safetensors, or one such file for a command that reads only one set. Image"
              + " folder: one subfolder per class, or the subfolders \"images\" and \"masks\","
              + " optionally inside \"train\" and \"test\".")
  private DataSource data;

  @Mixin private ImageFolderOptions folder;

  @Mixin private ArrayOptions arrays;

  @Mixin private TableOptions table;

  /** The open data sets; null if they are loaded split by split. */
  private OpenSets opened;

  /**
   * Returns the requested data set, or the built-in data set {@code otherwise} if none is
   * requested.
   */
  public DataSource source(String otherwise) {
    return data == null ? new DataSource.Known(DatasetFacts.of(otherwise)) : data;
  }

  /**
   * Returns the requested data set, for commands that read both splits.
   *
   * @throws BadValueException if the data set is a single file, which contains only one split
   */
  public DataSource bothSplits(String otherwise) {
    DataSource source = source(otherwise);
    if (source instanceof DataSource.SetFiles own && !Files.isDirectory(own.path())) {
      throw new BadValueException(
          command(),
          "--data "
              + own.path()
              + " is one file; training requires a folder with train.safetensors and"
              + " test.safetensors");
    }
    return source;
  }

  /** Returns the files of the test samples by index; empty if samples are not files. */
  public List<Path> testFiles() {
    return opened == null ? List.of() : opened.testFiles();
  }

  /**
   * Returns the fraction of a folder's images that is held out for testing if the folder has no
   * test set.
   */
  public double testPart() {
    return folder.testPart();
  }

  public boolean isGiven() {
    return data != null;
  }

  /**
   * Opens a source that contains both splits: an image folder, arrays or a CSV file. Must be called
   * before {@link #load}.
   *
   * @param how preprocessing from images to samples; called only for an image folder
   * @param classes class names in label order; empty to use the class names in the files
   * @return a line that describes the content; null for other sources, which are not opened
   */
  public String open(DataSource source, Supplier<Preprocessing> how, List<String> classes) {
    if (!(source instanceof DataSource.Table)) {
      table.requireNone(command());
    }
    if (source instanceof DataSource.Table own) {
      requireNotSought();
      folder.requireTableAlone(command());
      arrays.requireNone(command());
      table.open(own.path(), classes, folder);
      opened = table;
    } else if (source instanceof DataSource.Pictures pictures) {
      requireNotSought();
      arrays.requireNone(command());
      arrays.tellBeside(command(), pictures.path());
      folder.open(pictures.path(), how.get(), classes);
      folder.tellBroken();
      opened = folder;
    } else if (source instanceof DataSource.Arrays own) {
      requireNotSought();
      folder.requireDivisionAlone(command());
      arrays.open(own.path(), classes, folder);
      opened = arrays;
    } else {
      folder.requireNone(command());
      arrays.requireNone(command());
    }
    return opened == null ? null : opened.summary();
  }

  /**
   * Checks that an image folder has several classes.
   *
   * @throws FormatException if the open image folder has only one class
   */
  public void requireClasses(DataSource source) {
    if (source instanceof DataSource.Pictures pictures) {
      folder.requireClasses(pictures.path());
    }
  }

  /**
   * Restores the roles that the columns of a CSV file had when the model was trained, except roles
   * that an option sets. Must be called before {@link #open}.
   */
  public void remember(ModelData model) {
    table.remember(model.provenance());
  }

  /**
   * Returns the network {@code net}, or the default network for a CSV file if {@code --net} was not
   * given.
   *
   * @param net the value of {@code --net}, or its default
   */
  public NetworkSource network(NetworkSource net) {
    boolean given = command().commandLine().getParseResult().hasMatchedOption("--net");
    return !given && data instanceof DataSource.Table
        ? NetworkSource.of(DataSource.Table.NETWORK)
        : net;
  }

  /**
   * Returns the network with the task that the open data imply: regression for target columns, or
   * the task of an image folder's labels. A network that already has a task is returned unchanged.
   */
  public Network withTask(Network network) {
    if (!network.isSingle() || network.task().kind() != Task.Kind.PLAIN) {
      return network;
    }
    boolean numbers = opened == table && table.areTargets();
    Task task = opened == folder ? folder.task() : numbers ? Task.regression() : Task.plain();
    return task.kind() == Task.Kind.PLAIN ? network : network.withTask(task);
  }

  /** Returns the validation samples of the open files; null without such samples. */
  Dataset validation() {
    return opened != null && opened.validation().size() > 0 ? opened.validation() : null;
  }

  /** Adds the options that determine the held-out samples to a run's settings. */
  public void putInto(Map<String, String> words) {
    if (opened != null) {
      opened.putInto(words);
    }
  }

  /** Closes the open files. */
  public void close() {
    if (opened != null) {
      opened.close();
      opened = null;
    }
  }

  /** Loads a split of a data set with one input and one output. */
  public Dataset load(DataSource source, Split split) {
    if (opened != null) {
      return opened.set(split);
    }
    return source instanceof DataSource.Known known
        ? load(known.facts().name(), split)
        : DatasetFile.load(file((DataSource.SetFiles) source, split));
  }

  private Path file(DataSource.SetFiles own, Split split) {
    requireNotSought();
    return own.file(split);
  }

  private void requireNotSought() {
    if (isSought()) {
      throw new BadValueException(
          command(), "--data-dir and --download require a built-in data set");
    }
  }

  /** Loads a split for a network, with a data set for each of its inputs and outputs, by name. */
  public MultiDataset load(DataSource source, Split split, Network network) {
    if (network.isSingle()) {
      return named(network, load(source, split));
    }
    if (source instanceof DataSource.SetFiles own) {
      return DatasetFile.load(file(own, split), network);
    }
    throw new InvalidArgumentException(
        "network "
            + network.name()
            + " has inputs "
            + network.inputs().keySet()
            + " and outputs "
            + network.outputs()
            + ": --data must contain train.safetensors and test.safetensors");
  }

  /** Returns a data set as the data of a network with one input and one output. */
  public static MultiDataset named(Network network, Dataset only) {
    return MultiDataset.of(
        Map.of(network.inputs().keySet().iterator().next(), only),
        Map.of(network.outputs().get(0), only));
  }

  /** Returns the first {@code limit} samples, or all samples if the limit is null. */
  public static MultiDataset first(MultiDataset data, Integer limit) {
    return limit == null ? data : data.slice(0, Math.min(limit, data.size()));
  }
}
