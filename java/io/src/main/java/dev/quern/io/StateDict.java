package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.io.torch.TorchFile;
import dev.quern.network.Network;
import dev.quern.predict.MatchingWeights;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Weights without a network, like PyTorch's state_dict, from a safetensors file or a file of {@code
 * torch.save}. Immutable except for the arrays, which are not copied.
 *
 * <pre>{@code
 * Network network = Torchvision.resnet18(Shape.of(3, 224, 224), 1000);
 * MatchingWeights found = StateDict.load(file).matching(network, NameMap.none());
 * System.out.println(found.report());
 * }</pre>
 *
 * @param weights the values of the weights by name, each in row-major order
 * @param shapes the shapes of all weights
 * @param others the names of the tensors that are not floating-point and have no values here
 */
public record StateDict(
    Map<String, float[]> weights, Map<String, Shape> shapes, List<String> others) {
  private static final String OPERATION = "state dict";

  /**
   * The last parts of the names of tensors that Quern ignores: the batch counters of PyTorch's
   * batch normalization, and the table of relative positions in Swin transformers, which is
   * constant.
   */
  private static final Set<String> IGNORED =
      Set.of("num_batches_tracked", "relative_position_index");

  private static final List<String> FLOATS = List.of("F64", "F32", "F16", "BF16");

  /**
   * Checks that each weight has a shape of matching size.
   *
   * @throws InvalidArgumentException if a weight has no shape
   * @throws ShapeException if the number of a weight's values differs from the number in its shape
   */
  public StateDict {
    weights = Collections.unmodifiableMap(Require.all(OPERATION, "weights", weights));
    shapes = Collections.unmodifiableMap(Require.all(OPERATION, "shapes", shapes));
    others = names("others", others);
    for (Map.Entry<String, float[]> e : weights.entrySet()) {
      Shape shape = shapes.get(e.getKey());
      if (shape == null) {
        throw new InvalidArgumentException(OPERATION + ": weight " + e.getKey() + " has no shape");
      }
      if (shape.isFree() || shape.elements() != e.getValue().length) {
        throw new ShapeException(
            OPERATION
                + ": weight "
                + e.getKey()
                + " has "
                + e.getValue().length
                + " values, not "
                + shape);
      }
    }
  }

  private static List<String> names(String what, List<String> given) {
    List<String> copy = new ArrayList<>(Require.present(OPERATION, what, given));
    copy.forEach(one -> Require.present(OPERATION, "name in " + what, one));
    return List.copyOf(copy);
  }

  /**
   * Reads a safetensors file of any origin or, if the name ends in {@code .pth}, {@code .pt} or
   * {@code .bin}, a state_dict in either format of {@code torch.save}. The formats of {@code
   * torch.save} are pickles: only dictionaries and tensors are created, and any other object is
   * rejected. Tensors of type F32, F16, BF16 and F64 become float32; PyTorch's {@code
   * num_batches_tracked} are ignored.
   *
   * @throws dev.quern.error.NotFoundException if the file does not exist
   * @throws FormatException if the file breaks a rule of the format, or contains objects other than
   *     tensors
   * @throws dev.quern.error.MemoryLimitException if the weights do not fit in the free part of the
   *     JVM's heap
   */
  public static StateDict load(Path file) {
    Require.present(OPERATION, "file", file);
    return Heap.within(
        OPERATION + ": " + file, () -> TorchFile.reads(file) ? torch(file) : read(file));
  }

  private static StateDict torch(Path file) {
    TorchFile.Content all = TorchFile.read(OPERATION, file);
    Map<String, float[]> weights = new LinkedHashMap<>(all.weights());
    Map<String, Shape> shapes = new LinkedHashMap<>(all.shapes());
    weights.keySet().removeIf(StateDict::isIgnored);
    shapes.keySet().removeIf(StateDict::isIgnored);
    return new StateDict(
        weights, shapes, all.others().stream().filter(name -> !isIgnored(name)).toList());
  }

  private static boolean isIgnored(String name) {
    return IGNORED.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  private static StateDict read(Path file) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    Map<String, Shape> shapes = new LinkedHashMap<>();
    List<String> others = new ArrayList<>();
    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      for (String name : in.names()) {
        if (isIgnored(name)) {
          continue;
        }
        if (FLOATS.contains(in.dtype(name))) {
          weights.put(name, in.floats(name));
          shapes.put(name, in.shape(name));
        } else {
          others.add(name);
        }
      }
    }
    return new StateDict(weights, shapes, others);
  }

  /**
   * Matches these weights to the network's weights by name and shape, see {@link
   * MatchingWeights#of}. A weight of the network that has no match by its own name, such as {@code
   * attention.in_proj.weight} or {@code class_token.weight}, is also found under the name that a
   * PyTorch module gives to a parameter of its own: {@code attention.in_proj_weight}, {@code
   * class_token}, with additional leading dimensions of 1. Weights without a match and tensors that
   * are not floating-point are reported.
   *
   * @param names the mapping from these names to the names in the network
   * @param patterns patterns of the network's weights to load, where {@code *} matches any
   *     characters; empty for all
   * @throws InvalidArgumentException if a pattern matches none of the network's weights, or two
   *     weights get the same name
   */
  public MatchingWeights matching(Network network, NameMap names, String... patterns) {
    Require.present(OPERATION, "network", network);
    Require.present(OPERATION, "names", names);
    Map<String, String> before = new LinkedHashMap<>();
    Map<String, float[]> renamed = new LinkedHashMap<>();
    Map<String, Shape> sized = new LinkedHashMap<>();
    weights.forEach(
        (name, values) -> {
          String as = names.renamed(name);
          String first = before.putIfAbsent(as, name);
          if (first != null) {
            throw new InvalidArgumentException(
                OPERATION + ": " + first + " and " + name + " both map to " + as);
          }
          renamed.put(as, values);
          sized.put(as, shapes.get(name));
        });
    network.state().forEach((name, shape) -> takeModuleParameter(name, shape, renamed, sized));
    MatchingWeights found = MatchingWeights.of(network, renamed, sized, Map.of(), patterns);
    if (others.isEmpty() || patterns.length > 0) {
      return found;
    }
    MatchingWeights.Report report = found.report();
    List<String> unexpected = new ArrayList<>(report.unexpected());
    unexpected.addAll(others);
    return new MatchingWeights(
        found.weights(),
        new MatchingWeights.Report(
            report.loaded(), report.missing(), unexpected, report.otherShape()));
  }

  /**
   * Renames a parameter of a PyTorch module, such as {@code in_proj_weight}, to a weight of the
   * network that has no match by its own name.
   */
  private static void takeModuleParameter(
      String name, Shape shape, Map<String, float[]> weights, Map<String, Shape> shapes) {
    int dot = name.lastIndexOf('.');
    if (weights.containsKey(name) || dot < 0) {
      return;
    }
    String layer = name.substring(0, dot);
    String joined = layer + "_" + name.substring(dot + 1);
    String from = weights.containsKey(joined) ? joined : layer;
    if (weights.containsKey(from)) {
      weights.put(name, weights.remove(from));
      Shape given = shapes.remove(from);
      shapes.put(name, withoutLeadingOnes(given, shape.rank()));
    }
  }

  /** Removes leading dimensions of 1 down to a number of axes. */
  private static Shape withoutLeadingOnes(Shape shape, int rank) {
    long[] dims = shape.toArray();
    int from = 0;
    while (dims.length - from > rank && dims[from] == 1) {
      from++;
    }
    return Shape.of(Arrays.copyOfRange(dims, from, dims.length));
  }
}
