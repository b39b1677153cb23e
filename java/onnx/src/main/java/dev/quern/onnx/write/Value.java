package dev.quern.onnx.write;

import com.google.protobuf.ByteString;
import dev.quern.onnx.proto.OnnxProto.AttributeProto;
import dev.quern.onnx.proto.OnnxProto.AttributeProto.AttributeType;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import org.jspecify.annotations.Nullable;

/**
 * A value of an ONNX graph: its name and, unless it is an input of the graph, the node that
 * computes it.
 */
final class Value {
  /** The value for an omitted input. */
  static final Value NONE = new Value("", null);

  private String name;
  private final NodeProto.@Nullable Builder node;

  Value(String name, NodeProto.@Nullable Builder node) {
    this.name = name;
    this.node = node;
  }

  String name() {
    return name;
  }

  boolean isNode() {
    return node != null;
  }

  /**
   * Renames the value and its node to the layer's name. Must be called before another node reads
   * the value.
   */
  void rename(String to) {
    name = to;
    node.setName(to).setOutput(0, to);
  }

  private Value with(AttributeProto.Builder attribute) {
    node.addAttribute(attribute);
    return this;
  }

  private static AttributeProto.Builder attribute(String of, AttributeType type) {
    return AttributeProto.newBuilder().setName(of).setType(type);
  }

  Value with(String of, long value) {
    return with(attribute(of, AttributeType.INT).setI(value));
  }

  Value with(String of, float value) {
    return with(attribute(of, AttributeType.FLOAT).setF(value));
  }

  Value with(String of, String value) {
    return with(attribute(of, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)));
  }

  Value with(String of, String... values) {
    AttributeProto.Builder a = attribute(of, AttributeType.STRINGS);
    for (String v : values) {
      a.addStrings(ByteString.copyFromUtf8(v));
    }
    return with(a);
  }

  Value with(String of, long... values) {
    AttributeProto.Builder a = attribute(of, AttributeType.INTS);
    for (long v : values) {
      a.addInts(v);
    }
    return with(a);
  }
}
