package dev.quern.onnx.lower;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown when a graph has nodes that cannot be converted to layers; callers receive it as an {@code
 * ImportException}.
 */
public final class RefusedNodes extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Refused> all;

  /**
   * A node that is not supported.
   *
   * @param node the node's name; if it has none, the name of its first output
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

  /** All of them, in the file's order. */
  public List<Refused> all() {
    return all;
  }
}
