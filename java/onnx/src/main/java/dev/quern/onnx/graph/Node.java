package dev.quern.onnx.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * A node of an ONNX graph: a call of an operator.
 *
 * @param name may be empty
 * @param domain empty for ONNX's own operators
 * @param inputs names of values; empty for an omitted input
 * @param outputs names of values; empty for an omitted output
 */
public record Node(
    String name,
    String op,
    String domain,
    List<String> inputs,
    List<String> outputs,
    Attributes attributes) {
  /** Returns the operator with its domain, such as "com.microsoft.Gelu"; ONNX's own have none. */
  public String qualified() {
    return domain.isEmpty() ? op : domain + "." + op;
  }

  /** Returns the node's name in messages; if it has no name, the name of its first output. */
  public String shown() {
    String first = outputs.isEmpty() ? "" : outputs.get(0);
    return name.isEmpty() ? (first.isEmpty() ? "a node" : first) : name;
  }

  /** Names of all values that it reads, those of graphs inside it included. */
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

  /** The number of nodes: this one and those of graphs inside it. */
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
