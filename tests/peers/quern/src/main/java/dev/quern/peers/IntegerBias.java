package dev.quern.peers;

import dev.quern.onnx.proto.OnnxProto.AttributeProto;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the bias of each Gemm whole numbers with a DequantizeLinear, as ONNX Runtime's own
 * quantizer has them: it takes no Gemm of another bias for one of whole numbers. Of Conv it rounds
 * them itself.
 */
final class IntegerBias {
  private final GraphProto.Builder graph;
  private final Map<String, NodeProto> makers = new HashMap<>();
  private final Map<String, TensorProto> tensors = new HashMap<>();

  private IntegerBias(GraphProto.Builder graph) {
    this.graph = graph;
    graph.getNodeList().forEach(n -> makers.put(n.getOutput(0), n));
    graph.getInitializerList().forEach(t -> tensors.put(t.getName(), t));
  }

  /** Changes the file. */
  static void in(Path file) throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
    new IntegerBias(model.getGraphBuilder()).run();
    Files.write(file, model.build().toByteArray());
  }

  private void run() {
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto n : graph.getNodeList()) {
      if (n.getOpType().equals("Gemm") && dequantized(n, 0) && dequantized(n, 1)) {
        NodeProto bias = bias(n);
        nodes.add(bias);
        nodes.add(n.toBuilder().setInput(2, bias.getOutput(0)).build());
      } else {
        nodes.add(n);
      }
    }
    graph.clearNode().addAllNode(nodes);
  }

  private boolean dequantized(NodeProto n, int input) {
    NodeProto maker = makers.get(n.getInput(input));
    return maker != null && maker.getOpType().equals("DequantizeLinear");
  }

  /** Its unit is that of the products. */
  private NodeProto bias(NodeProto gemm) {
    FloatBuffer values = floats(gemm.getInput(2));
    float input = floats(makers.get(gemm.getInput(0)).getInput(1)).get(0);
    FloatBuffer weights = floats(makers.get(gemm.getInput(1)).getInput(1));
    String name = gemm.getInput(2);
    TensorProto.Builder whole = tensor(name + "_quantized", TensorProto.DataType.INT32, values);
    TensorProto.Builder scale = tensor(name + "_scale", TensorProto.DataType.FLOAT, values);
    for (int i = 0; i < values.remaining(); i++) {
      float unit = input * weights.get(i);
      whole.addInt32Data(Math.round(values.get(i) / unit));
      scale.addFloatData(unit);
    }
    graph.addInitializer(whole).addInitializer(scale);
    return NodeProto.newBuilder()
        .setOpType("DequantizeLinear")
        .setName(name + "_dequantized")
        .addInput(whole.getName())
        .addInput(scale.getName())
        .addOutput(name + "_dequantized")
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("axis")
                .setType(AttributeProto.AttributeType.INT)
                .setI(0))
        .build();
  }

  private static TensorProto.Builder tensor(
      String name, TensorProto.DataType type, FloatBuffer like) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type.getNumber())
        .addDims(like.remaining());
  }

  private FloatBuffer floats(String name) {
    return tensors
        .get(name)
        .getRawData()
        .asReadOnlyByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer();
  }
}
