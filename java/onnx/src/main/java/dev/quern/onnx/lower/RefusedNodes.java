package dev.quern.onnx.lower;

import java.util.List;
import java.util.stream.Collectors;

/** A graph has nodes that cannot become layers; users get it as an {@code ImportException}. */
public final class RefusedNodes extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Refused> all;

  /**
   * A node that could not be read.
   *
   * @param node its name or, where it has none, what it makes
   * @param operator ONNX's name
   * @param why in one sentence
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
