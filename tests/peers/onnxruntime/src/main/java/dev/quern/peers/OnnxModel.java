package dev.quern.peers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A network with random weights as an ONNX file; values are called by their layers' names. */
final class OnnxModel implements Translation<String> {
  static final String INPUT = Network.INPUT;

  /** The newest that the classes of the ONNX format on the class path know. */
  private static final int IR_VERSION = 8;

  private static final int OPERATORS = 17;

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final Random random = new Random(1);

  private OnnxModel() {}

  /** The bytes of the file. */
  static byte[] of(Workload workload) {
    OnnxModel model = new OnnxModel();
    Network network = workload.network();
    String output = model.translate(network, INPUT);
    model
        .graph
        .setName(network.name())
        .addInput(value(INPUT, workload.inputShape()))
        .addOutput(value(output, network.output().batch(workload.batch())));
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPERATORS))
        .setGraph(model.graph)
        .build()
        .toByteArray();
  }

  @Override
  public String conv2d(Place<String> at, Conv2d conv) {
    Shape shape = conv.weightShape(at.channelsIn());
    List<String> inputs = new ArrayList<>();
    inputs.add(at.value());
    inputs.add(random(at, "weight", shape));
    if (conv.bias()) {
      inputs.add(constant(at, "bias", 0, conv.outChannels()));
    }
    return node(
        "Conv",
        at.name(),
        inputs,
        sizes("kernel_shape", conv.kernel()),
        sizes("strides", conv.stride()),
        sizes("pads", conv.padding(), conv.padding()),
        integer("group", conv.groups()));
  }

  @Override
  public String batchNorm2d(Place<String> at, BatchNorm2d norm) {
    int channels = at.channelsIn();
    List<String> inputs =
        List.of(
            at.value(),
            constant(at, "weight", 1, channels),
            constant(at, "bias", 0, channels),
            constant(at, "running_mean", 0, channels),
            constant(at, "running_var", 1, channels));
    AttributeProto epsilon =
        AttributeProto.newBuilder()
            .setName("epsilon")
            .setType(AttributeProto.AttributeType.FLOAT)
            .setF(norm.eps())
            .build();
    return node("BatchNormalization", at.name(), inputs, epsilon);
  }

  @Override
  public String relu(Place<String> at) {
    return node("Relu", at.name(), at.inputs());
  }

  @Override
  public String maxPool2d(Place<String> at, MaxPool2d pool) {
    return node(
        "MaxPool",
        at.name(),
        at.inputs(),
        sizes("kernel_shape", pool.kernel()),
        sizes("strides", pool.stride()),
        sizes("pads", pool.padding(), pool.padding()));
  }

  @Override
  public String globalMean(Place<String> at) {
    return node("GlobalAveragePool", at.name(), at.inputs());
  }

  @Override
  public String flatten(Place<String> at) {
    return node("Flatten", at.name(), at.inputs());
  }

  @Override
  public String linear(Place<String> at, Linear linear) {
    String weight = random(at, "weight", Shape.of(linear.outFeatures(), at.channelsIn()));
    String bias = constant(at, "bias", 0, linear.outFeatures());
    return node("Gemm", at.name(), List.of(at.value(), weight, bias), integer("transB", 1));
  }

  @Override
  public String add(Place<String> at) {
    return node("Add", at.name(), at.inputs());
  }

  private String node(
      String operator, String name, List<String> inputs, AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(name)
            .addAllInput(inputs)
            .addOutput(name)
            .addAllAttribute(Arrays.asList(attributes)));
    return name;
  }

  private String random(Place<String> at, String name, Shape shape) {
    double deviation = Math.sqrt(2.0 / shape.sample().elements());
    float[] values = Workload.gaussians(shape.elements(), deviation, random);
    return tensor(at.name() + "." + name, shape, values);
  }

  private String constant(Place<String> at, String name, float value, int count) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return tensor(at.name() + "." + name, Shape.of(count), values);
  }

  private String tensor(String name, Shape shape, float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .setRawData(ByteString.copyFrom(bytes));
    Arrays.stream(shape.toArray()).forEach(tensor::addDims);
    graph.addInitializer(tensor);
    return name;
  }

  private static AttributeProto sizes(String name, Size... sizes) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    for (Size s : sizes) {
      attribute.addInts(s.height()).addInts(s.width());
    }
    return attribute.build();
  }

  private static AttributeProto integer(String name, int value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static ValueInfoProto value(String name, Shape shape) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    Arrays.stream(shape.toArray())
        .forEach(d -> dims.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(d)));
    TypeProto.Tensor type =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.FLOAT.getNumber())
            .setShape(dims)
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }
}
