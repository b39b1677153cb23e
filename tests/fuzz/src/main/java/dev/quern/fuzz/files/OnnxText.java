package dev.quern.fuzz.files;

import com.google.protobuf.ByteString;
import dev.quern.onnx.proto.OnnxProto.AttributeProto;
import dev.quern.onnx.proto.OnnxProto.AttributeProto.AttributeType;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import dev.quern.onnx.proto.OnnxProto.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * ONNX models of a few words: {@code Conv x[1,2,6,6] w(4,2,3,3) -> y pads=1,1,1,1}. An input is
 * {@code x[dims]}, a known tensor {@code w(dims)} with numbers of its own, {@code k{1,2}} with
 * these whole numbers, {@code _} one that is left out, any other name a value made before. Lines
 * follow one another; outputs are those of the last.
 */
final class OnnxText {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("g");

  private OnnxText() {}

  static ModelProto model(long opset, String... lines) {
    OnnxText text = new OnnxText();
    NodeProto last = NodeProto.getDefaultInstance();
    for (String line : lines) {
      last = text.node(line.strip());
      text.graph.addNode(last);
    }
    last.getOutputList().forEach(o -> text.graph.addOutput(port(o)));
    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8).setGraph(text.graph);
    model.addOpsetImportBuilder().setVersion(opset);
    return model.build();
  }

  private NodeProto node(String line) {
    String[] words = line.split(" +");
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(words[0]);
    boolean made = false;
    for (String word : Arrays.copyOfRange(words, 1, words.length)) {
      if (word.equals("->")) {
        made = true;
      } else if (word.contains("=")) {
        node.addAttribute(attribute(word.split("=", 2)));
      } else if (made) {
        node.addOutput(word);
      } else {
        node.addInput(input(word));
      }
    }
    return node.build();
  }

  private String input(String word) {
    String name = word.replaceAll("[\\[({].*", "");
    long[] numbers = numbers(word.replaceAll("^[^\\[({]*[\\[({]?|[\\])}]$", ""));
    if (word.endsWith("]")) {
      ValueInfoProto.Builder port = port(name).toBuilder();
      var shape = port.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
      for (long d : numbers) {
        var dim = shape.addDimBuilder();
        if (d > 0) {
          dim.setDimValue(d);
        } else {
          dim.setDimParam("free");
        }
      }
      graph.addInput(port);
    } else if (word.endsWith(")")) {
      graph.addInitializer(floats(name, numbers));
    } else if (word.endsWith("}")) {
      TensorProto.Builder t = TensorProto.newBuilder().setName(name).setDataType(INT64);
      t.addDims(numbers.length);
      Arrays.stream(numbers).forEach(t::addInt64Data);
      graph.addInitializer(t);
    }
    return word.equals("_") ? "" : name;
  }

  private static long[] numbers(String listed) {
    return listed.isEmpty() || !listed.matches("[-0-9,]+")
        ? new long[0]
        : Arrays.stream(listed.split(",")).mapToLong(Long::parseLong).toArray();
  }

  private static TensorProto floats(String name, long... dims) {
    TensorProto.Builder t = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
    int n = 1;
    for (long d : dims) {
      t.addDims(d);
      n *= (int) d;
    }
    ByteBuffer raw = ByteBuffer.allocate(4 * n).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < n; i++) {
      raw.putFloat((i * 37 % 11 + 1) / 8f);
    }
    return t.setRawData(ByteString.copyFrom(raw.array())).build();
  }

  private static ValueInfoProto port(String name) {
    ValueInfoProto.Builder port = ValueInfoProto.newBuilder().setName(name);
    port.getTypeBuilder().getTensorTypeBuilder().setElemType(FLOAT);
    return port.build();
  }

  private static AttributeProto attribute(String... pair) {
    AttributeProto.Builder a = AttributeProto.newBuilder().setName(pair[0]);
    String v = pair[1];
    if (v.matches("-?[0-9]+")) {
      a.setType(AttributeType.INT).setI(Long.parseLong(v));
    } else if (v.matches("[-0-9,]+")) {
      a.setType(AttributeType.INTS);
      Arrays.stream(numbers(v)).forEach(a::addInts);
    } else if (v.matches("-?[0-9.e]+")) {
      a.setType(AttributeType.FLOAT).setF(Float.parseFloat(v));
    } else if (v.matches("[-0-9.e,]+")) {
      a.setType(AttributeType.FLOATS);
      Arrays.stream(v.split(",")).map(Float::parseFloat).forEach(a::addFloats);
    } else {
      a.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(v));
    }
    return a.build();
  }
}
