package dev.quern.onnx.lower;

import dev.quern.onnx.graph.Node;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown if a graph has nodes that cannot be converted to layers. The public API converts it to an
 * {@code ImportException}.
 */
public final class RefusedNodes extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Refused> all;

  /**
   * A node that is not supported, and the reason.
   *
   * @param node the node's name or, if it has no name, the name of its first output
   * @param operator the ONNX operator
   * @param why the reason in one sentence
   */
  public record Refused(String node, String operator, String why) {
    @Override
    public String toString() {
      return operator + " " + node + ": " + why;
    }
  }

  RefusedNodes(List<Refused> all) {
    super(
        all.stream().map(Refused::toString).collect(Collectors.joining("; ")), null, false, false);
    this.all = List.copyOf(all);
  }

  static RefusedNodes of(Lowering lowering) {
    return new RefusedNodes(
        lowering.refused.stream()
            .map(r -> new Refused(r.node().shown(), r.node().qualified(), r.why()))
            .toList());
  }

  /** Returns an exception for one node. */
  public static RefusedNodes of(Node node, String why) {
    return of(List.of(node), why);
  }

  /** Returns an exception for several nodes that are not supported for the same reason. */
  public static RefusedNodes of(List<Node> nodes, String why) {
    return new RefusedNodes(
        nodes.stream().map(n -> new Refused(n.shown(), n.qualified(), why)).toList());
  }

  /** Returns an exception for an output of the graph. */
  public static RefusedNodes output(String name, String why) {
    return new RefusedNodes(List.of(new Refused(name, "output", why)));
  }

  /** Returns whether this exception lists a node, or an output that the node computes. */
  public boolean lists(Node node) {
    return all.stream()
        .anyMatch(r -> r.node().equals(node.shown()) || node.outputs().contains(r.node()));
  }

  /** Returns all unsupported nodes, in the file's order. */
  public List<Refused> all() {
    return all;
  }
}
