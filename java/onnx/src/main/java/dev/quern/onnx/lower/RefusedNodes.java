package dev.quern.onnx.lower;

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

  /** Returns all unsupported nodes, in the file's order. */
  public List<Refused> all() {
    return all;
  }
}
