package dev.quern.onnx.lower;

import dev.quern.onnx.graph.Attributes;
import dev.quern.onnx.graph.BatchPlace;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A node that reads values with a moved batch, converted as the same node with the batch as the
 * first axis of its inputs and outputs.
 */
final class FrontedNode {
  /** Starts the names of values with the batch in front. */
  static final String MARK = "\0batch:";

  private static final int SINCE_ONE_AXIS = 13;

  private static final Set<String> ELEMENTWISE =
      Set.of(
          ("Abs Add And BiasGelu Cast Ceil Celu Clip Cos Div Dropout Elu Equal Erf Exp FastGelu Floor"
                  + " Gelu Greater GreaterOrEqual HardSigmoid HardSwish Identity LeakyRelu Less"
                  + " LessOrEqual Log Max Mean Min Mish Mod Mul Neg Not Or Pow QuickGelu Reciprocal"
                  + " Relu Round Selu Sigmoid Sign Sin Softplus Softsign Sqrt Sub Sum Tanh Where Xor")
              .split(" "));

  private static final Set<String> NORMS =
      Set.of("LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization");

  private static final Set<String> ALONG_AN_AXIS =
      Set.of("Softmax", "LogSoftmax", "Concat", "Split", "Gather", "ArgMax", "ArgMin");

  private final Lowering lowering;
  private final MovedBatch moved;
  private final Node node;
  private final long batch;

  /** The largest number of axes that an input has; inputs with fewer axes are aligned to it. */
  private final int rank;

  /** The place of the batch in a value with {@code rank} axes. */
  private final BatchPlace place;

  private final boolean whole;
  private final Map<String, Object> attributes;
  private final List<String> inputs = new ArrayList<>();

  FrontedNode(Lowering lowering, MovedBatch moved, Node node) {
    this.lowering = lowering;
    this.moved = moved;
    this.node = node;
    this.batch = lowering.batch();
    String first = node.inputs().stream().filter(moved::isMoved).findFirst().orElseThrow();
    long[] dims = lowering.operand(first).dims();
    BatchPlace own = moved.place(first);
    this.rank =
        node.inputs().stream()
            .filter(name -> !name.isEmpty() && lowering.operand(name) instanceof Value)
            .mapToInt(name -> lowering.operand(name).rank())
            .max()
            .orElseThrow();
    this.place = new BatchPlace(own.axis() + rank - dims.length, own.inside());
    this.whole = own.isWhole(dims, batch);
    this.attributes = new HashMap<>(node.attributes().values());
  }

  /** Returns whether a node's first input has its batch moved to the front. */
  static boolean is(Node node) {
    return node.hasInput(0) && node.inputs().get(0).startsWith(MARK);
  }

  void lower() {
    BatchPlace made = place;
    String op = node.op();
    if (ELEMENTWISE.contains(op)) {
      node.inputs().forEach(name -> inputs.add(aligned(name)));
    } else if (op.equals("MatMul") || op.equals("Gemm")) {
      matrices();
    } else if (ALONG_AN_AXIS.contains(op)) {
      made = alongAnAxis();
    } else if (NORMS.contains(op)) {
      node.inputs().forEach(name -> inputs.add(isValue(name) ? aligned(name) : name));
      int axis = axis(number("axis", -1));
      requireApart(axis > place.axis());
      attributes.put("axis", (long) place.frontAxis(axis, whole));
    } else if (op.startsWith("Reduce")) {
      made = reduced();
    } else if (op.equals("Slice")) {
      sliced();
    } else if (op.equals("Expand")) {
      expanded();
    } else {
      throw new Refusal("the batch of its input is not the first axis");
    }
    run(made);
  }

  private boolean isValue(String name) {
    return !name.isEmpty() && lowering.operand(name) instanceof Value;
  }

  private long number(String attribute, long otherwise) {
    return node.attributes().number(attribute, otherwise);
  }

  private int axis(long axis) {
    return Dims.axis(axis, rank);
  }

  private static void requireApart(boolean apart) {
    if (!apart) {
      throw new Refusal("it mixes samples of a batch");
    }
  }

  /**
   * Returns the name of an input with its batch in front. A value must have its batch at the same
   * place, and a constant must have one element there.
   */
  private String aligned(String name) {
    if (name.isEmpty()) {
      return name;
    }
    Operand o = lowering.operand(name);
    int missing = rank - o.rank();
    int axis = place.axis() - missing;
    if (o instanceof Value v) {
      BatchPlace own = moved.place(name);
      boolean same =
          own.axis() == axis
              && own.inside() == place.inside()
              && own.isWhole(v.dims(), batch) == whole;
      requireApart(same);
      return moved.fronted(name, v.as(own.front(v.dims(), batch)));
    }
    if (missing < 0) {
      throw new Refusal("a constant has more axes than the values that contain the batch");
    }
    if (axis < 0) {
      return name;
    }
    requireApart(o.dims()[axis] == 1);
    return whole ? moved.fronted(name, ((Const) o).as(without(o.dims(), axis))) : name;
  }

  private static long[] without(long[] dims, int axis) {
    return IntStream.range(0, dims.length).filter(i -> i != axis).mapToLong(i -> dims[i]).toArray();
  }

  /**
   * Converts a matrix product. The batch is an axis of matrices or, if the right matrix is a
   * constant, the rows of the left matrix.
   */
  private void matrices() {
    boolean rows =
        place.axis() == rank - 2
            && isValue(node.inputs().get(0))
            && lowering.operand(node.inputs().get(1)) instanceof Const c
            && c.rank() == 2;
    requireApart(place.axis() < rank - 2 || rows);
    if (node.op().equals("Gemm")) {
      boolean bias = !node.hasInput(2) || lowering.operand(node.inputs().get(2)) instanceof Const;
      requireApart(rows && bias && number("transA", 0) == 0);
      inputs.add(aligned(node.inputs().get(0)));
      inputs.addAll(node.inputs().subList(1, node.inputs().size()));
      return;
    }
    for (String name : node.inputs()) {
      boolean matrix = lowering.operand(name).rank() == 2 && !isValue(name);
      inputs.add(matrix ? name : aligned(name));
    }
  }

  private BatchPlace alongAnAxis() {
    String op = node.op();
    boolean softmax = op.equals("Softmax") || op.equals("LogSoftmax");
    if (softmax && lowering.opset() < SINCE_ONE_AXIS) {
      throw new Refusal("before opset 13 it needs the batch as the first axis");
    }
    int axis = axis(number("axis", softmax ? -1 : op.equals("Concat") ? 1 : 0));
    requireApart(axis != place.axis());
    attributes.put("axis", (long) place.frontAxis(axis, whole));
    boolean concat = op.equals("Concat");
    for (int i = 0; i < node.inputs().size(); i++) {
      String name = node.inputs().get(i);
      if (concat && !isValue(name)) {
        throw new Refusal("it mixes a constant with the batch");
      }
      inputs.add(i == 0 || concat ? aligned(name) : name);
    }
    int grown = 0;
    if (op.equals("Gather")) {
      grown = lowering.operand(node.inputs().get(1)).rank() - 1;
    } else if (op.startsWith("Arg") && number("keepdims", 1) == 0) {
      grown = -1;
    }
    return new BatchPlace(place.axis() + (axis < place.axis() ? grown : 0), place.inside());
  }

  private BatchPlace reduced() {
    long[] axes = axes(1);
    if (axes == null) {
      throw new Refusal("it mixes samples of a batch");
    }
    int before = 0;
    for (int i = 0; i < axes.length; i++) {
      int axis = axis(axes[i]);
      requireApart(axis != place.axis());
      before += axis < place.axis() ? 1 : 0;
      axes[i] = place.frontAxis(axis, whole);
    }
    inputs.add(aligned(node.inputs().get(0)));
    axes(1, axes);
    boolean keeps = number("keepdims", 1) != 0;
    return new BatchPlace(place.axis() - (keeps ? 0 : before), place.inside());
  }

  private void sliced() {
    long[] axes = axes(3);
    if (axes == null) {
      long[] starts = node.attributes().numbers("starts");
      long n = starts == null ? lowering.operand(node.inputs().get(1)).elements() : starts.length;
      axes = LongStream.range(0, n).toArray();
    }
    for (int i = 0; i < axes.length; i++) {
      int axis = axis(axes[i]);
      requireApart(axis != place.axis());
      axes[i] = place.frontAxis(axis, whole);
    }
    inputs.add(aligned(node.inputs().get(0)));
    inputs.addAll(node.inputs().subList(1, Math.min(3, node.inputs().size())));
    axes(3, axes);
    if (node.inputs().size() > 4) {
      inputs.add(node.inputs().get(4));
    }
  }

  private void expanded() {
    String name = node.inputs().get(0);
    if (!(lowering.operand(node.inputs().get(1)) instanceof Const shape)) {
      throw new Refusal("the shape (input 1) is computed by the network, not known at import");
    }
    long[] dims = lowering.operand(name).dims();
    long[] to = Dims.broadcast(dims, shape.longs());
    requireApart(to.length == rank && to[place.axis()] == dims[place.axis()]);
    inputs.add(aligned(name));
    inputs.add(moved.fronted("shape of " + name, Const.of(place.front(to, batch))));
  }

  /** Returns a copy of the axes, an attribute or an input by opset; null if there are none. */
  private long @Nullable [] axes(int input) {
    if (node.hasInput(input)) {
      return lowering.operand(node.inputs().get(input)) instanceof Const c
          ? c.longs().clone()
          : null;
    }
    long[] own = node.attributes().numbers("axes");
    return own == null || own.length == 0 ? null : own.clone();
  }

  /** Sets the axes of the node with its batch in front; the inputs before them are complete. */
  private void axes(int input, long[] axes) {
    if (node.attributes().has("axes") || node.attributes().has("starts")) {
      attributes.put("axes", axes);
    } else {
      inputs.add(moved.fronted("axes of " + node.outputs().get(0), Const.of(axes)));
    }
  }

  private void run(BatchPlace made) {
    List<String> outputs =
        node.outputs().stream().map(name -> name.isEmpty() ? name : MARK + name).toList();
    Node own =
        new Node(
            node.shown(), node.op(), node.domain(), inputs, outputs, new Attributes(attributes));
    Rules.of(node.qualified()).lower(new Site(lowering, own));
    for (String name : node.outputs()) {
      Operand o = name.isEmpty() ? null : lowering.output(MARK + name);
      if (o instanceof Value v) {
        long[] dims = made.back(v.dims(), whole);
        moved.put(name, v.node(), dims, v.type(), made);
      } else if (o != null) {
        throw new Refusal("its output " + name + " is constant: " + Arrays.toString(o.dims()));
      }
    }
  }
}
