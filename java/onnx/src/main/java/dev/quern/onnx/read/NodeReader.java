package dev.quern.onnx.read;

import com.google.protobuf.ByteString;
import dev.quern.error.FormatException;
import dev.quern.onnx.graph.Attributes;
import dev.quern.onnx.graph.Branch;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Port;
import dev.quern.onnx.proto.OnnxProto.AttributeProto;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import dev.quern.onnx.proto.OnnxProto.TensorShapeProto.Dimension;
import dev.quern.onnx.proto.OnnxProto.TypeProto;
import dev.quern.onnx.proto.OnnxProto.ValueInfoProto;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The conversion of a file's protobuf messages to nodes and ports. */
final class NodeReader {
  /**
   * The maximum number of nodes, far more than in any useful network. It limits the work that a
   * small malicious file can cause.
   */
  static final int MOST_NODES = 100_000;

  private final TensorReader tensors;
  private int nodes;

  NodeReader(TensorReader tensors) {
    this.tensors = tensors;
  }

  /** Returns whether a domain is that of ONNX's own operators. */
  static boolean isOwn(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  /**
   * Converts a node and its subgraphs.
   *
   * @throws FormatException if the file has too many nodes, including those of subgraphs
   */
  Node node(NodeProto n) {
    if (++nodes > MOST_NODES) {
      throw new FormatException("onnx: the graph has more than " + MOST_NODES + " nodes");
    }
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (AttributeProto a : n.getAttributeList()) {
      attributes.put(a.getName(), attribute(a));
    }
    return new Node(
        n.getName(),
        n.getOpType(),
        isOwn(n.getDomain()) ? "" : n.getDomain(),
        List.copyOf(n.getInputList()),
        List.copyOf(n.getOutputList()),
        new Attributes(attributes));
  }

  private Object attribute(AttributeProto a) {
    return switch (kind(a)) {
      case INT -> a.getI();
      case FLOAT -> a.getF();
      case STRING -> a.getS().toStringUtf8();
      case INTS -> a.getIntsList().stream().mapToLong(Long::longValue).toArray();
      case STRINGS ->
          new Attributes.Texts(a.getStringsList().stream().map(ByteString::toStringUtf8).toList());
      case FLOATS -> floats(a.getFloatsList());
      case TENSOR -> tensors.inMemory(a.getT());
      case GRAPH -> branch(a.getG());
      default -> new Attributes.Unread(a.getType().name());
    };
  }

  private Branch branch(GraphProto g) {
    Map<String, Const> constants = new LinkedHashMap<>();
    g.getInitializerList().forEach(t -> constants.put(t.getName(), tensors.inMemory(t)));
    return new Branch(
        g.getNodeList().stream().map(this::node).toList(),
        constants,
        g.getInputList().stream().map(ValueInfoProto::getName).toList(),
        g.getOutputList().stream().map(ValueInfoProto::getName).toList());
  }

  /**
   * Returns the kind of an attribute; files of IR version 1 omit it, so it is inferred from the
   * value.
   */
  private static AttributeProto.AttributeType kind(AttributeProto a) {
    if (a.getType() != AttributeProto.AttributeType.UNDEFINED) {
      return a.getType();
    }
    if (a.hasF()) {
      return AttributeProto.AttributeType.FLOAT;
    }
    if (a.hasI()) {
      return AttributeProto.AttributeType.INT;
    }
    if (a.hasS()) {
      return AttributeProto.AttributeType.STRING;
    }
    if (a.hasT()) {
      return AttributeProto.AttributeType.TENSOR;
    }
    return a.getFloatsCount() > 0
        ? AttributeProto.AttributeType.FLOATS
        : AttributeProto.AttributeType.INTS;
  }

  private static float[] floats(List<Float> list) {
    float[] out = new float[list.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = list.get(i);
    }
    return out;
  }

  Port port(ValueInfoProto p) {
    TypeProto.Tensor tensor = p.getType().getTensorType();
    if (!p.getType().hasTensorType() || !tensor.hasShape()) {
      return new Port(p.getName(), tensor.getElemType(), null);
    }
    return new Port(
        p.getName(),
        tensor.getElemType(),
        tensor.getShape().getDimList().stream()
            .map(NodeReader::dim)
            .map(Objects::requireNonNull)
            .toList());
  }

  /** Returns a dimension; -1 if it is dynamic, which some files encode as 0 or -1. */
  private static Long dim(Dimension d) {
    return d.hasDimValue() && d.getDimValue() > 0 ? d.getDimValue() : -1L;
  }
}
