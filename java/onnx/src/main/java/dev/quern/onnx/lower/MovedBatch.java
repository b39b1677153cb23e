package dev.quern.onnx.lower;

import dev.quern.onnx.fold.Shapes;
import dev.quern.onnx.graph.BatchPlace;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Value;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Values whose batch is not the first axis. In the attention of exported networks, tokens may come
 * before the batch, and heads or windows may share an axis with the batch. Layers see one sample,
 * as always: reshapes and transposes move the batch, and all other operators run with the batch
 * moved to the front, see {@link FrontedNode}.
 */
final class MovedBatch {
  private static final Set<String> RESHAPES = Set.of("Reshape", "Flatten", "Squeeze", "Unsqueeze");

  private final Lowering lowering;
  private final Map<String, BatchPlace> places = new HashMap<>();

  MovedBatch(Lowering lowering) {
    this.lowering = lowering;
  }

  /** Returns whether a value's batch is not its first axis. */
  boolean isMoved(String value) {
    return places.containsKey(value);
  }

  /** Returns where a value's batch is. */
  BatchPlace place(String value) {
    return places.getOrDefault(value, BatchPlace.FIRST);
  }

  /**
   * Converts a node that moves the batch or reads a value with a moved batch.
   *
   * @return whether the node was converted; if not, it is converted like any other node
   * @throws Refusal if the node mixes samples
   */
  boolean lower(Site site) {
    Node node = site.node;
    if (RESHAPES.contains(node.op()) || node.op().equals("Transpose")) {
      return moved(site);
    }
    if (node.inputs().stream().noneMatch(this::isMoved)) {
      return false;
    }
    if (RecurrentRules.isRecurrent(node) && isMoved(node.inputs().get(0))) {
      RecurrentRules.moved(site, this);
      return true;
    }
    if (lowering.origins() != null) {
      throw new Refusal("height or width is dynamic, and its input's batch is not the first axis");
    }
    new FrontedNode(lowering, this, node).lower();
    return true;
  }

  /** Converts a reshape or transpose, unless the batch is the first axis before and after it. */
  private boolean moved(Site site) {
    Node node = site.node;
    if (!(site.operand(0) instanceof Value x) || x.rank() == 0) {
      return false;
    }
    String input = node.inputs().get(0);
    long batch = lowering.batch();
    BatchPlace from = place(input);
    boolean turns = node.op().equals("Transpose");
    int[] perm = turns ? Shapes.permutation(node, x.rank()) : new int[0];
    long[] dims = turns ? taken(x.dims(), perm) : reshaped(site, x.dims());
    BatchPlace to =
        turns ? from.transposed(perm) : BatchPlace.of(dims, batch, from.distance(x.dims()));
    if (to == null) {
      if (!isMoved(input)) {
        return false; // refused where the shape is checked
      }
      throw new Refusal(
          "it mixes samples of a batch: "
              + Arrays.toString(x.dims())
              + " becomes "
              + Arrays.toString(dims));
    }
    boolean first = to.isFirst(dims, batch);
    if (first && !isMoved(input)) {
      return false;
    }
    String made = turns ? transposed(site, x, from, perm) : x.node();
    put(node.outputs().get(0), made, dims, x.type(), to);
    return true;
  }

  private static long[] taken(long[] dims, int[] perm) {
    return Arrays.stream(perm).mapToLong(i -> dims[i]).toArray();
  }

  private static long[] reshaped(Site s, long[] dims) {
    Node node = s.node;
    List<@Nullable Const> in = s.constantsAfterFirst();
    return switch (node.op()) {
      case "Flatten" -> Shapes.flattened(node, dims);
      case "Squeeze" -> Shapes.squeezed(dims, Shapes.axes(node, in));
      case "Unsqueeze" ->
          Shapes.unsqueezed(dims, Objects.requireNonNullElse(Shapes.axes(node, in), new long[0]));
      default -> {
        Const shape = in.size() > 1 ? in.get(1) : null;
        long[] wanted = shape == null ? node.attributes().numbers("shape", 0) : shape.longs();
        yield Shapes.reshaped(node, dims, wanted);
      }
    };
  }

  /** Permutes the axes of a sample, which has the value's axes without a whole batch. */
  private String transposed(Site site, Value x, BatchPlace from, int[] perm) {
    boolean whole = from.isWhole(x.dims(), lowering.batch());
    List<Integer> order =
        IntStream.of(perm)
            .filter(i -> !whole || i != from.axis())
            .map(i -> from.frontAxis(i, whole) - 1)
            .boxed()
            .toList();
    return order.isEmpty() ? x.node() : ShapeRules.permuted(site, x.node(), order);
  }

  /** Stores a value whose batch is at the given place. */
  void put(String name, String made, long[] dims, int type, BatchPlace place) {
    long batch = lowering.batch();
    Shape sample = lowering.canonical(place.front(dims, batch));
    String node = lowering.parts().reshape(made, sample);
    lowering.put(name, new Value(node, dims, type));
    if (!place.isFirst(dims, batch)) {
      places.put(name, place);
    }
  }

  /** Stores an operand under a name that no file uses, and returns the name. */
  String fronted(String name, Operand o) {
    String own = FrontedNode.MARK + name;
    lowering.put(own, o);
    return own;
  }
}
