package dev.quern.onnx.read;

import dev.quern.error.FormatException;
import dev.quern.onnx.proto.OnnxProto.AttributeProto;
import dev.quern.onnx.proto.OnnxProto.FunctionProto;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The functions of a file (local functions), as PyTorch's exporters write them. A node that calls a
 * function is replaced by the function's nodes.
 */
final class Functions {
  /** The maximum depth of calls; functions that call each other without end are refused, too. */
  private static final int DEEPEST = 50;

  /** The maximum number of nodes and calls. */
  private static final int MOST_MET = 2 * NodeReader.MOST_NODES;

  private final Map<String, FunctionProto> byName = new HashMap<>();
  private int met;

  Functions(List<FunctionProto> functions) {
    functions.forEach(f -> byName.put(name(f.getDomain(), f.getName(), f.getOverload()), f));
  }

  private static String name(String domain, String function, String overload) {
    return domain + "\0" + function + "\0" + overload;
  }

  /**
   * Returns the nodes of a graph without calls of functions, in its subgraphs, too.
   *
   * @throws FormatException if there are too many nodes, or calls are too deep
   */
  List<NodeProto> inlined(List<NodeProto> nodes) {
    return byName.isEmpty() ? nodes : inlined(nodes, 0);
  }

  private List<NodeProto> inlined(List<NodeProto> nodes, int depth) {
    List<NodeProto> made = new ArrayList<>();
    for (NodeProto n : nodes) {
      if (++met > MOST_MET) {
        throw new FormatException(
            "onnx: with its functions, the graph has more than " + MOST_MET + " nodes");
      }
      FunctionProto f = byName.get(name(n.getDomain(), n.getOpType(), n.getOverload()));
      if (f == null) {
        made.add(withSubgraphs(n, g -> subgraph(g, depth)));
      } else if (depth == DEEPEST) {
        throw new FormatException(
            "onnx: function " + f.getName() + ": calls are more than " + DEEPEST + " deep");
      } else {
        made.addAll(inlined(new Call(f, n, met).nodes(), depth + 1));
      }
    }
    return made;
  }

  private GraphProto subgraph(GraphProto g, int depth) {
    return g.toBuilder().clearNode().addAllNode(inlined(g.getNodeList(), depth)).build();
  }

  private static NodeProto withSubgraphs(NodeProto n, UnaryOperator<GraphProto> change) {
    if (n.getAttributeList().stream().noneMatch(AttributeProto::hasG)) {
      return n;
    }
    NodeProto.Builder to = n.toBuilder();
    to.getAttributeBuilderList().stream()
        .filter(AttributeProto.Builder::hasG)
        .forEach(a -> a.setG(change.apply(a.getG())));
    return to.build();
  }

  /** One call: the names and attributes that take the place of the function's own. */
  private static final class Call {
    private final FunctionProto function;
    private final String prefix;
    private final String caller;
    private final Map<String, String> values = new HashMap<>();
    private final Map<String, AttributeProto> attributes = new HashMap<>();

    /** Outputs that the function returns as it receives them, with the names of the caller. */
    private final Map<String, String> returned = new LinkedHashMap<>();

    Call(FunctionProto f, NodeProto n, int number) {
      function = f;
      caller = n.getName().isEmpty() ? f.getName() : n.getName();
      prefix = f.getName() + "\0" + number + "\0";
      for (int i = 0; i < f.getInputCount(); i++) {
        values.put(f.getInput(i), i < n.getInputCount() ? n.getInput(i) : "");
      }
      for (int i = 0; i < Math.min(f.getOutputCount(), n.getOutputCount()); i++) {
        String own = f.getOutput(i);
        if (values.containsKey(own)) {
          returned.put(n.getOutput(i), own);
        } else if (!n.getOutput(i).isEmpty()) {
          values.put(own, n.getOutput(i));
        }
      }
      f.getAttributeProtoList().forEach(a -> attributes.put(a.getName(), a));
      n.getAttributeList().forEach(a -> attributes.put(a.getName(), a));
    }

    List<NodeProto> nodes() {
      List<NodeProto> made = new ArrayList<>();
      function.getNodeList().forEach(n -> made.add(node(n)));
      returned.forEach(
          (to, own) ->
              made.add(
                  NodeProto.newBuilder()
                      .setOpType("Identity")
                      .addInput(value(own))
                      .addOutput(to)
                      .build()));
      return made;
    }

    private String value(String own) {
      return own.isEmpty() ? own : values.getOrDefault(own, prefix + own);
    }

    private NodeProto node(NodeProto n) {
      NodeProto.Builder to = n.toBuilder().clearInput().clearOutput().clearAttribute();
      to.setName(caller + "/" + (n.getName().isEmpty() ? n.getOpType() : n.getName()));
      n.getInputList().forEach(v -> to.addInput(value(v)));
      n.getOutputList().forEach(v -> to.addOutput(value(v)));
      n.getAttributeList().forEach(a -> attribute(a, to));
      return withSubgraphs(to.build(), this::subgraph);
    }

    /** Adds an attribute, or the caller's to which it refers; none if there is none. */
    private void attribute(AttributeProto a, NodeProto.Builder to) {
      if (a.getRefAttrName().isEmpty()) {
        to.addAttribute(a);
      } else if (attributes.containsKey(a.getRefAttrName())) {
        to.addAttribute(attributes.get(a.getRefAttrName()).toBuilder().setName(a.getName()));
      }
    }

    private GraphProto subgraph(GraphProto g) {
      GraphProto.Builder to = g.toBuilder().clearNode();
      g.getNodeList().forEach(n -> to.addNode(node(n)));
      to.getInitializerBuilderList().forEach(t -> t.setName(value(t.getName())));
      to.getOutputBuilderList().forEach(v -> v.setName(value(v.getName())));
      return to.build();
    }
  }
}
