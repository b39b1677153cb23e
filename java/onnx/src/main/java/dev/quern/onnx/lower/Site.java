package dev.quern.onnx.lower;

import dev.quern.layer.Layer;
import dev.quern.layer.shape.Constant;
import dev.quern.onnx.graph.Attributes;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.graph.Value;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node during its conversion to layers, with helper functions for rules. */
final class Site {
  /**
   * A value in the form in which a layer reads it.
   *
   * @param shift the number of leading ONNX axes that the shape lacks: axis a in ONNX is axis a -
   *     shift of the shape
   */
  record Form(String node, Shape shape, int shift) {
    int axis(int onnx) {
      return onnx - shift;
    }
  }

  final Node node;
  final long opset;
  final Parts parts;
  private final Lowering lowering;
  private String base;

  Site(Lowering lowering, Node node) {
    this.lowering = lowering;
    this.node = node;
    this.opset = lowering.opset();
    this.parts = lowering.parts();
    this.base = node.name().isEmpty() ? name(node) : node.name();
  }

  private static String name(Node node) {
    return node.outputs().isEmpty() ? node.op() : node.outputs().get(0);
  }

  Attributes attributes() {
    return node.attributes();
  }

  /** Returns an input of the node; null if the input is omitted. */
  @Nullable Operand operand(int i) {
    return node.hasInput(i) ? lowering.operand(node.inputs().get(i)) : null;
  }

  private Operand given(int i) {
    Operand o = operand(i);
    if (o == null) {
      throw new Refusal("input " + i + " is missing");
    }
    return o;
  }

  long[] dims(int i) {
    return given(i).dims();
  }

  /** Returns an input as a value that the network computes; a constant becomes a constant layer. */
  Value value(int i) {
    return value(given(i));
  }

  Value value(Operand o) {
    if (o instanceof Value v) {
      return v;
    }
    Const c = (Const) o;
    Shape shape = lowering.canonical(c.dims());
    float[] numbers = lowering.lead() == 0 ? c.floats() : alike(c, shape);
    return new Value(constant(shape, numbers), c.dims(), c.type());
  }

  /**
   * Returns the elements of one sample of a constant, which must be equal for all samples of a
   * batch.
   */
  private static float[] alike(Const c, Shape shape) {
    float[] all = c.floats();
    int n = (int) shape.elements();
    for (int i = n; i < all.length; i++) {
      if (all[i] != all[i % n]) {
        throw new Refusal("it mixes a constant with the batch");
      }
    }
    return Arrays.copyOf(all, n);
  }

  /**
   * Returns a constant, which is equal for all samples, as a value with {@code rank} axes,
   * including the batch.
   */
  Value each(Const c, int rank) {
    long[] dims = Dims.padded(c.dims(), rank);
    if (lowering.lead() == 0 || dims[0] != 1) {
      return value(c);
    }
    dims[0] = lowering.batch();
    return new Value(constant(lowering.canonical(dims), c.floats()), dims, c.type());
  }

  /** Returns whether the size of an input along an axis is dynamic. */
  boolean isFree(int i, int axis) {
    Origins origins = lowering.origins();
    return origins != null && origins.isFree(node.inputs().get(i), dims(i), axis);
  }

  /** Adds a constant layer with these values. */
  String constant(Shape shape, float[] values) {
    return parts.add(
        base + "_constant", new Constant(shape, values), List.of(lowering.firstInput()), Map.of());
  }

  boolean isConstant(int i) {
    return operand(i) instanceof Const;
  }

  /** Returns an input, which must be a constant. */
  Const constant(int i, String what) {
    if (given(i) instanceof Const c) {
      return c;
    }
    throw new Refusal(what + " (input " + i + ") is computed by the network, not known at import");
  }

  /** Returns an input, which must be a constant; null if the input is omitted. */
  @Nullable Const optional(int i, String what) {
    return operand(i) == null ? null : constant(i, what);
  }

  /**
   * Returns all inputs as constants, for functions that rules share with constant folding. The
   * first input may be a value, for which the list has null.
   */
  List<@Nullable Const> constantsAfterFirst() {
    Const[] all = new Const[node.inputs().size()];
    for (int i = 1; i < all.length; i++) {
      all[i] = operand(i) instanceof Const c ? c : operand(i) == null ? null : constant(i, "it");
    }
    return Arrays.asList(all);
  }

  /**
   * Names the following layers after a parameter: the layer of "conv1.weight" becomes conv1.
   *
   * @param i the index of the parameter among the inputs
   */
  void nameAfter(int i) {
    String weight = node.hasInput(i) ? node.inputs().get(i) : "";
    if (weight.endsWith(".weight")) {
      base = weight.substring(0, weight.length() - ".weight".length());
    }
  }

  /** Adds a layer. */
  String layer(Layer layer, String... inputs) {
    return parts.add(base, layer, List.of(inputs), Map.of());
  }

  /** Adds a layer with weights. */
  String layer(Layer layer, Map<String, float[]> weights, String... inputs) {
    return parts.add(base, layer, List.of(inputs), weights);
  }

  /**
   * Returns a value in the form for a layer that computes along these axes. The first axis is
   * dropped if it is the batch, or if it has size 1 and is not among these axes.
   */
  Form form(Value v, int... axes) {
    boolean first = Arrays.stream(axes).anyMatch(a -> a == 0);
    int dropped = lowering.dropped(v.dims());
    if (!first || dropped == 0) {
      return new Form(v.node(), parts.shapes.get(v.node()), dropped);
    }
    return full(v);
  }

  /** Returns a value with all its axes, none of which may be a batch. */
  Form full(Value v) {
    if (lowering.lead() > 0) {
      throw new Refusal("it mixes samples of a batch of " + v.dims()[0]);
    }
    Shape shape = v.rank() == 0 ? Shape.of(1) : Shape.of(v.dims());
    return new Form(parts.reshape(v.node(), shape), shape, 0);
  }

  /** Returns a value as samples without the batch axis, with the channels as first axis. */
  Form samples(Value v) {
    if (v.rank() < 2) {
      throw new Refusal(
          "its input of shape " + Arrays.toString(v.dims()) + " lacks a channel axis");
    }
    if (lowering.dropped(v.dims()) == 0) {
      throw new Refusal(
          "its input has a first axis of "
              + v.dims()[0]
              + " that other operators compute across, so that it is not a batch;"
              + " an OnnxSession may compute it");
    }
    return new Form(v.node(), parts.shapes.get(v.node()), 1);
  }

  /** Returns a value in the form for a layer of images; signals get a height of 1. */
  Form image(Value v) {
    Form f = samples(v);
    if (v.rank() == 4) {
      return f;
    }
    long[] d = v.dims();
    Shape shape =
        v.rank() == 3 ? Shape.of(d[1], 1, d[2]) : Shape.of(d[1], 1, Dims.elements(d, 2, d.length));
    return new Form(parts.reshape(v.node(), shape), shape, 1);
  }

  /** Returns whether a node or the graph's caller reads an output; false if it has no name. */
  boolean isRead(int i) {
    return node.hasOutput(i) && lowering.isRead(node.outputs().get(i));
  }

  /** Sets an output of the node. */
  void out(int i, Operand o) {
    if (node.hasOutput(i)) {
      lowering.put(node.outputs().get(i), o);
    }
  }

  /**
   * Returns the first output, after the node's rule has set it. Throws a {@link Refusal} if the
   * output has no name.
   */
  Value result() {
    if (node.hasOutput(0) && lowering.output(node.outputs().get(0)) instanceof Value v) {
      return v;
    }
    throw new Refusal("its output is not computed");
  }

  /** Sets the first output to a layer's result, with these ONNX dimensions. */
  void out(String made, long... dims) {
    out(0, made(made, dims));
  }

  /** Returns a layer's result as a value with these ONNX dimensions. */
  Value made(String made, long... dims) {
    return new Value(parts.reshape(made, lowering.canonical(dims)), dims, Types.FLOAT);
  }

  /** Returns a layer's result as a value with the first axis of another value. */
  Value like(Value v, String made) {
    return made(made, behind(v, parts.shapes.get(made)));
  }

  /** Returns the first dimension of a value, followed by the dimensions of a sample. */
  static long[] behind(Value v, Shape sample) {
    long[] s = sample.toArray();
    long[] out = new long[s.length + 1];
    out[0] = v.dims()[0];
    System.arraycopy(s, 0, out, 1, s.length);
    return out;
  }

  /** Returns the result of an elementwise layer as a value with the same dimensions. */
  Value then(Value x, Layer layer) {
    return made(layer(layer, x.node()), x.dims());
  }

  Lowering lowering() {
    return lowering;
  }
}
