package dev.quern.onnx.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * A node of an ONNX graph, which applies an operator to its inputs.
 *
 * @param name the node's name; may be empty
 * @param domain the operator's domain; empty for ONNX's own operators
 * @param inputs the names of the input values; empty for an omitted input
 * @param outputs the names of the output values; empty for an omitted output
 */
public record Node(
    String name,
    String op,
    String domain,
    List<String> inputs,
    List<String> outputs,
    Attributes attributes) {
  /**
   * Returns the operator with its domain, such as "com.microsoft.Gelu"; without a domain for ONNX's
   * own operators.
   */
  public String qualified() {
    return domain.isEmpty() ? op : domain + "." + op;
  }

  /** Returns the node's name for messages or, if it has no name, the name of its first output. */
  public String shown() {
    String first = outputs.isEmpty() ? "" : outputs.get(0);
    return name.isEmpty() ? (first.isEmpty() ? "a node" : first) : name;
  }

  /** Returns the names of all values that the node reads, including those read by its subgraphs. */
  public List<String> reads() {
    List<Branch> inside = attributes.branches();
    if (inside.isEmpty()) {
      return inputs;
    }
    List<String> all = new ArrayList<>(inputs);
    for (Branch b : inside) {
      b.nodes().forEach(n -> all.addAll(n.reads()));
      all.addAll(b.outputs());
    }
    return all;
  }

  /** Returns the number of nodes: this node and the nodes of its subgraphs. */
  public long count() {
    return 1
        + attributes.branches().stream()
            .flatMap(b -> b.nodes().stream())
            .mapToLong(Node::count)
            .sum();
  }

  public boolean hasInput(int i) {
    return i < inputs.size() && !inputs.get(i).isEmpty();
  }

  public boolean hasOutput(int i) {
    return i < outputs.size() && !outputs.get(i).isEmpty();
  }
}
