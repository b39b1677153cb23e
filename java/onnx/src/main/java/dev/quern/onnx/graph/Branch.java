package dev.quern.onnx.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A subgraph of a node, such as a branch of If. Its nodes can also read values of the enclosing
 * graph.
 *
 * @param inputs the names of the values that the node passes, such as those of an iteration of Loop
 * @param outputs the names of the output values, computed by the subgraph or the enclosing graph
 */
public record Branch(
    List<Node> nodes, Map<String, Const> constants, List<String> inputs, List<String> outputs) {
  /** Returns a copy in which the names of its own values, and no others, begin with a prefix. */
  public Branch withOwnNames(String prefix) {
    Set<String> own = new HashSet<>();
    addNames(own);
    return renamed(name -> own.contains(name) ? prefix + name : name);
  }

  private void addNames(Set<String> own) {
    own.addAll(inputs);
    own.addAll(constants.keySet());
    for (Node n : nodes) {
      own.addAll(n.outputs());
      n.attributes().branches().forEach(b -> b.addNames(own));
    }
    own.remove("");
  }

  private Branch renamed(UnaryOperator<String> name) {
    Map<String, Const> named = new HashMap<>();
    constants.forEach((k, v) -> named.put(name.apply(k), v));
    return new Branch(
        nodes.stream().map(n -> renamed(n, name)).toList(),
        named,
        inputs.stream().map(name).toList(),
        outputs.stream().map(name).toList());
  }

  private static Node renamed(Node n, UnaryOperator<String> name) {
    Map<String, Object> attributes = new HashMap<>(n.attributes().values());
    attributes.replaceAll((k, v) -> v instanceof Branch b ? b.renamed(name) : v);
    return new Node(
        n.name(),
        n.op(),
        n.domain(),
        n.inputs().stream().map(name).toList(),
        n.outputs().stream().map(name).toList(),
        new Attributes(attributes));
  }
}
