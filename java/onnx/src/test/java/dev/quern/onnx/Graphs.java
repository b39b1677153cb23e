package dev.quern.onnx;

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
import java.util.Random;

/**
 * ONNX models in a few words: {@code Conv x[1,2,6,6] w(4,2,3,3) -> y pads=1,1,1,1}. {@code x[dims]}
 * is an input, 0 a free dimension; {@code w(dims)} a known tensor of random numbers from 0.1 to 1;
 * {@code k{1,2}} one of whole numbers, {@code f{0.5}} of floats, {@code k<3>} a scalar; {@code _}
 * an input left out; any other word a value made before. Attributes: 1 whole number, 1.5 float, 1,
 * and 1,2 lists, Tanh+ and Tanh+Tanh lists of texts, else text. {@code com.microsoft.Gelu} is an
 * operator of another domain. Attacks of the fuzz module use it, too.
 */
public final class Graphs {
  static final int FLOAT = 1;
  static final int INT64 = 7;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
  private final Random random = new Random(7);

  private Graphs() {}

  /** Of opset 17; its outputs are those of the last node. */
  static ModelProto.Builder of(String... lines) {
    return of(17, lines);
  }

  /** Of this version of ONNX's operators. */
  public static ModelProto.Builder of(long opset, String... lines) {
    Graphs g = new Graphs();
    NodeProto last = NodeProto.getDefaultInstance();
    for (String line : lines) {
      last = g.node(line);
      g.graph.addNode(last);
    }
    last.getOutputList().forEach(o -> g.graph.addOutput(port(o)));
    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8).setGraph(g.graph);
    model.addOpsetImportBuilder().setVersion(opset);
    g.graph.getNodeList().stream()
        .map(NodeProto::getDomain)
        .filter(domain -> !domain.isEmpty())
        .distinct()
        .forEach(domain -> model.addOpsetImportBuilder().setDomain(domain).setVersion(1));
    return model;
  }

  /** With these outputs and no others. */
  static ModelProto.Builder withOutputs(ModelProto.Builder model, String... names) {
    model.getGraphBuilder().clearOutput();
    Arrays.stream(names).forEach(n -> model.getGraphBuilder().addOutput(port(n)));
    return model;
  }

  private NodeProto node(String line) {
    String[] words = line.strip().split(" +");
    int domain = words[0].lastIndexOf('.') + 1;
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(words[0].substring(domain));
    node.setDomain(words[0].substring(0, Math.max(0, domain - 1)));
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
    String name = word.replaceAll("[\\[({<].*", "");
    String inside = word.replaceAll("^[^\\[({<]*[\\[({<]?|[\\])}>]$", "");
    if (word.endsWith("]")) {
      graph.addInput(port(name, longs(inside)));
    } else if (word.endsWith(")")) {
      long[] dims = longs(inside);
      float[] values = new float[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
      for (int i = 0; i < values.length; i++) {
        values[i] = 0.1f + 0.9f * random.nextFloat();
      }
      graph.addInitializer(floats(name, dims, values));
    } else if (word.endsWith("}") && inside.contains(".")) {
      float[] values = floats(inside);
      graph.addInitializer(floats(name, new long[] {values.length}, values));
    } else if (word.endsWith("}")) {
      TensorProto.Builder t = TensorProto.newBuilder().setName(name).setDataType(INT64);
      t.addDims(longs(inside).length);
      Arrays.stream(longs(inside)).forEach(t::addInt64Data);
      graph.addInitializer(t);
    }
    if (word.endsWith(">")) {
      TensorProto.Builder t = TensorProto.newBuilder().setName(name);
      boolean real = inside.contains(".");
      graph.addInitializer(
          real
              ? t.setDataType(FLOAT).addFloatData(Float.parseFloat(inside))
              : t.setDataType(INT64).addInt64Data(Long.parseLong(inside)));
    }
    return word.equals("_") ? "" : name;
  }

  private static long[] longs(String listed) {
    return listed.isEmpty() || !listed.matches("[-0-9,]+")
        ? new long[0]
        : Arrays.stream(listed.split(",")).mapToLong(Long::parseLong).toArray();
  }

  private static float[] floats(String listed) {
    String[] each = listed.split(",");
    float[] out = new float[each.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Float.parseFloat(each[i]);
    }
    return out;
  }

  /** A tensor of raw float32. */
  static TensorProto floats(String name, long[] dims, float... values) {
    TensorProto.Builder t = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
    Arrays.stream(dims).forEach(t::addDims);
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float v : values) {
      raw.putFloat(v);
    }
    return t.setRawData(ByteString.copyFrom(raw.array())).build();
  }

  /** A tensor of 8 bits; without dimensions one number. */
  static TensorProto bytes(String name, boolean signed, long[] dims, int... values) {
    TensorProto.Builder t = TensorProto.newBuilder().setName(name);
    t.setDataType(signed ? TensorProto.DataType.INT8_VALUE : TensorProto.DataType.UINT8_VALUE);
    Arrays.stream(dims).forEach(t::addDims);
    byte[] raw = new byte[values.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) values[i];
    }
    return t.setRawData(ByteString.copyFrom(raw)).build();
  }

  /** An input or output of float32; 0 is a free dimension. */
  static ValueInfoProto port(String name, long... dims) {
    ValueInfoProto.Builder port = port(name).toBuilder();
    var shape = port.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] > 0) {
        shape.addDimBuilder().setDimValue(dims[i]);
      } else {
        shape.addDimBuilder().setDimParam("d" + i);
      }
    }
    return port.build();
  }

  /** One whose shape the file does not say. */
  static ValueInfoProto port(String name) {
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
      Arrays.stream(longs(v)).forEach(a::addInts);
    } else if (v.matches("-?[0-9.e-]+")) {
      a.setType(AttributeType.FLOAT).setF(Float.parseFloat(v));
    } else if (v.matches("[-0-9.e,]+")) {
      a.setType(AttributeType.FLOATS);
      for (float f : floats(v)) {
        a.addFloats(f);
      }
    } else if (v.matches("[A-Za-z]+[+][A-Za-z+]*")) {
      a.setType(AttributeType.STRINGS);
      Arrays.stream(v.split("[+]")).forEach(s -> a.addStrings(ByteString.copyFromUtf8(s)));
    } else {
      a.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(v));
    }
    return a.build();
  }
}
