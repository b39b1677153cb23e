package dev.quern.onnx.graph;

import java.util.List;

/**
 * An operation of a file.
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
  /** Returns the node's name in messages; if it has no name, the name of its first output. */
  public String shown() {
    String first = outputs.isEmpty() ? "" : outputs.get(0);
    return name.isEmpty() ? (first.isEmpty() ? "a node" : first) : name;
  }

  public boolean hasInput(int i) {
    return i < inputs.size() && !inputs.get(i).isEmpty();
  }

  public boolean hasOutput(int i) {
    return i < outputs.size() && !outputs.get(i).isEmpty();
  }
}
