package dev.quern.onnx;

import dev.quern.error.FormatException;
import java.util.List;
import java.util.stream.Collectors;

/** A network has nodes that cannot become layers. It lists them all; nothing was imported. */
public final class ImportException extends FormatException {
  private static final long serialVersionUID = 1L;
  private static final int MOST_SHOWN = 40;

  private final transient List<Refused> refused;

  /**
   * A node that could not be read.
   *
   * @param node its name or, where it has none, what it makes
   * @param operator ONNX's name
   * @param why in one sentence, with the attribute or input that it is about
   */
  public record Refused(String node, String operator, String why) {
    @Override
    public String toString() {
      return operator + " " + node + ": " + why;
    }
  }

  /** About a file, or whatever the network came from. */
  public ImportException(String source, List<Refused> refused) {
    super(message(source, refused));
    this.refused = List.copyOf(refused);
  }

  private static String message(String source, List<Refused> refused) {
    String lines =
        refused.stream().limit(MOST_SHOWN).map(r -> "\n  " + r).collect(Collectors.joining());
    int more = refused.size() - MOST_SHOWN;
    return "onnx: "
        + source
        + ": "
        + refused.size()
        + (refused.size() == 1 ? " node cannot be read:" : " nodes cannot be read:")
        + lines
        + (more > 0 ? "\n  and " + more + " more" : "");
  }

  /** All of them, in the file's order. */
  public List<Refused> refused() {
    return refused;
  }
}
