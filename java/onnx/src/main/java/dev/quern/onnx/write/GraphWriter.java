package dev.quern.onnx.write;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Layer;
import dev.quern.layer.Quantized;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.network.Network;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An ONNX graph under construction: its nodes, initializers and their names. */
final class GraphWriter {
  /**
   * The maximum number of floats in a file: protobuf's limit of a message, minus space for names
   * and nodes.
   */
  private static final long MOST_FLOATS = (Integer.MAX_VALUE - (64L << 20)) / Float.BYTES;

  private final ModelData model;
  private final int opset;
  private final Set<String> names = new HashSet<>();
  private final Map<String, Value> weights = new HashMap<>();
  private final List<NodeProto.Builder> nodes = new ArrayList<>();
  private final List<TensorProto> initializers = new ArrayList<>();
  private long floats;

  GraphWriter(ModelData model, int opset) {
    this.model = model;
    this.opset = opset;
    names.addAll(model.network().shapes().keySet());
    names.addAll(model.network().state().keySet());
    model.network().state().values().forEach(shape -> take(shape.elements()));
  }

  int opset() {
    return opset;
  }

  Shape shape(String of) {
    return model.network().shapes().get(of);
  }

  /** Returns an unused name: the wanted one, or the wanted one followed by a number. */
  private String unique(String wanted) {
    String name = wanted;
    for (int i = 1; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  Value node(String name, String type, List<Value> inputs) {
    String output = unique(name);
    NodeProto.Builder node =
        NodeProto.newBuilder().setName(output).setOpType(type).addOutput(output);
    inputs.forEach(v -> node.addInput(v.name()));
    nodes.add(node);
    return new Value(output, node);
  }

  /**
   * Adds a parameter or buffer as an initializer under its dotted name, unless it was added before.
   */
  Value weight(String name) {
    Value known = weights.get(name);
    if (known == null) {
      known = initializer(name, model.network().state().get(name), model.weights().get(name));
      weights.put(name, known);
    }
    return known;
  }

  /** Returns the values of a weight by its dotted name. */
  float[] values(String name) {
    return model.weights().get(name);
  }

  /**
   * Adds a quantized layer's weight under its dotted name: int8 times a scale for each output
   * channel. Zero points are written, since runtimes recognize the pattern by its zero points.
   * Weights with magnitudes above 127 are written as uint8 with one zero point or, if their range
   * exceeds 255, as floats.
   */
  Value dequantized(String dotted, Quantized layer) {
    String name = dotted + ".weight";
    String scaleName = dotted + "." + Quantized.SCALE;
    Shape shape = model.network().state().get(name);
    float[] scales = model.weights().get(scaleName);
    float[] values = model.weights().get(name);
    short[] whole = Quantized.toIntegers(name, values, scales, layer.quantMax());
    boolean signed = layer.quantMax() == Quantized.LARGEST;
    int zero = signed ? 0 : -least(whole);
    for (int i = 0; i < whole.length; i++) {
      whole[i] += (short) zero;
      if (whole[i] > (signed ? 127 : 255)) {
        return weight(name);
      }
    }
    byte[] zeroPoints = new byte[scales.length];
    Arrays.fill(zeroPoints, (byte) zero);
    Value bytes = bytes(name + "_quantized", signed, shape, Quantized.bytes(whole));
    Value zeros = bytes(name + "_zero_point", signed, Shape.of(scales.length), zeroPoints);
    NodeProto.Builder node =
        NodeProto.newBuilder().setName(name).setOpType("DequantizeLinear").addOutput(name);
    List.of(bytes, weight(scaleName), zeros).forEach(v -> node.addInput(v.name()));
    nodes.add(node);
    return new Value(name, node).with("axis", 0L);
  }

  private static int least(short... whole) {
    int least = 0;
    for (short w : whole) {
      least = Math.min(least, w);
    }
    return least;
  }

  /** Adds a constant under the wanted name or a similar unused name. */
  Value floats(String wanted, Shape shape, float... values) {
    return named(unique(wanted), shape, values);
  }

  /** Adds a constant under exactly this name, which must be unused. */
  Value named(String name, Shape shape, float... values) {
    take(values.length);
    return initializer(name, shape, values);
  }

  private Value initializer(String name, Shape shape, float[] values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT_VALUE)
            .setRawData(raw(values));
    for (long d : shape.toArray()) {
      tensor.addDims(d);
    }
    initializers.add(tensor.build());
    return new Value(name, null);
  }

  private static ByteString raw(float[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return UnsafeByteOperations.unsafeWrap(buffer);
  }

  /** Checks the file's size limit before {@code values} floats are added. */
  private void take(long values) {
    floats += values;
    if (floats > MOST_FLOATS) {
      throw new InvalidArgumentException(
          "onnx: network "
              + model.network().name()
              + " has too many weights and constants, a file can contain at most "
              + MOST_FLOATS);
    }
  }

  Value longs(String wanted, long... values) {
    String name = unique(wanted);
    ByteBuffer buffer = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asLongBuffer().put(values);
    initializers.add(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.INT64_VALUE)
            .addDims(values.length)
            .setRawData(UnsafeByteOperations.unsafeWrap(buffer))
            .build());
    return new Value(name, null);
  }

  /** Adds an 8-bit integer constant; the array must not be modified afterwards. */
  Value bytes(String wanted, boolean signed, Shape shape, byte... values) {
    String name = unique(wanted);
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(
                signed ? TensorProto.DataType.INT8_VALUE : TensorProto.DataType.UINT8_VALUE)
            .setRawData(UnsafeByteOperations.unsafeWrap(values));
    for (long d : shape.toArray()) {
      tensor.addDims(d);
    }
    initializers.add(tensor.build());
    return new Value(name, null);
  }

  /** Returns whether all readers of a constant layer broadcast it over the batch. */
  boolean isBroadcast(String layer) {
    Network network = model.network();
    return !network.outputs().contains(layer)
        && network.nodes().stream()
            .filter(n -> n.inputs().contains(layer))
            .allMatch(n -> ArithmeticForms.broadcasts(n.layer()) && !isConstant(n.inputs()));
  }

  private boolean isConstant(List<String> inputs) {
    return model.network().nodes().stream()
            .filter(n -> inputs.contains(n.name()) && isConstant(n.layer()))
            .count()
        == Set.copyOf(inputs).size();
  }

  private static boolean isConstant(Layer layer) {
    return layer instanceof Constant || layer instanceof TrainableTensor;
  }

  /** Adds the nodes and initializers to a graph message, in order. */
  void addTo(GraphProto.Builder graph) {
    nodes.forEach(graph::addNode);
    graph.addAllInitializer(initializers);
  }
}
