package dev.quern.onnx.write;

import dev.quern.layer.Quantized;
import dev.quern.network.Network;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The context in which a layer's form writes nodes: the layer with its inputs, and the graph. */
final class NodeWriter {
  private final GraphWriter graph;
  private final Network.Node node;
  private final List<Value> inputs;
  private final List<Shape> shapes;

  NodeWriter(GraphWriter graph, Network.Node node, List<Value> inputs, List<Shape> shapes) {
    this.graph = graph;
    this.node = node;
    this.inputs = inputs;
    this.shapes = shapes;
  }

  int opset() {
    return graph.opset();
  }

  /** Returns the layer's only or first input. */
  Value in() {
    return inputs.get(0);
  }

  List<Value> inputs() {
    return inputs;
  }

  /** Returns the sample shape of the layer's only or first input. */
  Shape shape() {
    return shapes.get(0);
  }

  List<Shape> shapes() {
    return shapes;
  }

  /** Returns the sample shape of the layer's output. */
  Shape output() {
    return graph.shape(node.name());
  }

  /** Adds a parameter or buffer of the layer as an initializer under its dotted name. */
  Value weight(String name) {
    return graph.weight(node.name() + "." + name);
  }

  /** Returns the values of a parameter or buffer of the layer. */
  float[] values(String name) {
    return graph.values(node.name() + "." + name);
  }

  /**
   * Adds the weight of a quantized layer: its integers, and a node that converts them to floats.
   */
  Value dequantized(Quantized layer) {
    return graph.dequantized(node.name(), layer);
  }

  /** Adds a constant under the layer's own name, instead of a node. */
  Value named(Shape shape, float... values) {
    return graph.named(node.name(), shape, values);
  }

  /** Returns whether all readers of the layer broadcast it over the batch. */
  boolean isBroadcast() {
    return graph.isBroadcast(node.name());
  }

  Value floats(String what, Shape shape, float... values) {
    return graph.floats(node.name() + "." + what, shape, values);
  }

  /** Adds a scalar constant. */
  Value number(String what, float value) {
    return floats(what, Shape.of(), value);
  }

  /** Adds an 8-bit integer constant. */
  Value bytes(String what, boolean signed, int value) {
    return graph.bytes(node.name() + "." + what, signed, Shape.of(), (byte) value);
  }

  /** Adds a vector of integers. */
  Value longs(String what, long... values) {
    return graph.longs(node.name() + "." + what, values);
  }

  Value op(String type, Value... inputs) {
    return op(type, Arrays.asList(inputs));
  }

  Value op(String type, List<Value> inputs) {
    return graph.node(node.name() + "." + type.toLowerCase(Locale.ROOT), type, inputs);
  }

  /** Adds a Cast to the given type. */
  Value cast(Value x, TensorProto.DataType type) {
    return op("Cast", x).with("to", (long) type.getNumber());
  }

  /**
   * Adds an Unsqueeze.
   *
   * @param axes the axes, with the batch as axis 0
   */
  Value unsqueeze(Value x, long... axes) {
    return op("Unsqueeze", x, longs("axes", axes));
  }

  Value squeeze(Value x, long... axes) {
    return op("Squeeze", x, longs("axes", axes));
  }

  /**
   * Reshapes a vector with one element per channel, {@code [C]}, to {@code [C, 1, 1]} if samples
   * have three axes.
   */
  Value perChannel(Value row, int rank) {
    return rank == 1 ? row : unsqueeze(row, range(1, rank - 1));
  }

  static long[] range(long from, int count) {
    long[] all = new long[count];
    Arrays.setAll(all, i -> from + i);
    return all;
  }

  /**
   * Adds ReduceMean or a similar operator. Its axes are an attribute before opset 18, and an input
   * from opset 18 on.
   *
   * @param axes the axes, with the batch as axis 0
   */
  Value reduce(String type, Value x, boolean keepDims, long... axes) {
    boolean asInput = opset() >= (type.equals("ReduceSum") ? 13 : 18);
    Value y = asInput ? op(type, x, longs("axes", axes)) : op(type, x).with("axes", axes);
    return y.with("keepdims", keepDims ? 1L : 0L);
  }

  /** Reshapes each sample to the given shape, which has no dynamic dimensions. */
  Value reshape(Value x, long... sample) {
    long[] dims = new long[sample.length + 1]; // 0 copies the batch size
    System.arraycopy(sample, 0, dims, 1, sample.length);
    return op("Reshape", x, longs("shape", dims));
  }

  /** Reshapes a value to the shape of another value. */
  Value reshapeLike(Value x, Value like, Shape shape) {
    return shape.isFree() ? op("Reshape", x, op("Shape", like)) : reshape(x, shape.toArray());
  }

  /** Adds a Slice along one axis from start (inclusive) to end (exclusive). */
  Value slice(Value x, int axis, long start, long end, long step) {
    return op(
        "Slice",
        x,
        longs("starts", start),
        longs("ends", end),
        longs("axes", axis),
        longs("steps", step));
  }

  Value concat(int axis, List<Value> parts) {
    return op("Concat", parts).with("axis", (long) axis);
  }
}
