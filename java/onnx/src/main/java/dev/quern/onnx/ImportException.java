package dev.quern.onnx;

import dev.quern.error.FormatException;
import dev.quern.internal.arguments.Require;
import dev.quern.onnx.lower.RefusedNodes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown if a network has nodes that cannot be converted to layers. The message lists all these
 * nodes; nothing is imported.
 */
public final class ImportException extends FormatException {
  private static final long serialVersionUID = 1L;
  private static final int MOST_SHOWN = 40;
  private static final String PARTS =
      "\nA part of the network that does not need them can be imported by the names of its outputs:"
          + " --outputs NAME,... or OnnxReader.outputs(...).";

  private final transient List<Refused> refused;

  /**
   * A node that is not supported, and the reason.
   *
   * @param node the node's name or, if it has no name, the name of its first output
   * @param operator the ONNX operator
   * @param why the reason in one sentence, which names the attribute or input
   */
  public record Refused(String node, String operator, String why) {
    /** Checks that no argument is null. */
    public Refused {
      Require.present("onnx", "node", node);
      Require.present("onnx", "operator", operator);
      Require.present("onnx", "why", why);
    }

    @Override
    public String toString() {
      return operator + " " + node + ": " + why;
    }
  }

  /** Creates an exception about the network in a file or another source. */
  public ImportException(String source, List<Refused> refused) {
    this(new ArrayList<>(Require.present("onnx", "refused", refused)), source);
  }

  /**
   * Creates an exception from a copied list.
   *
   * @param own a private copy of the list
   */
  private ImportException(List<Refused> own, String source) {
    super(message(source, own));
    refused = List.copyOf(own);
  }

  static ImportException of(String source, RefusedNodes refused) {
    return new ImportException(
        source,
        refused.all().stream().map(r -> new Refused(r.node(), r.operator(), r.why())).toList());
  }

  private static String message(String source, List<Refused> refused) {
    Require.present("onnx", "source", source);
    for (Refused r : refused) {
      Require.present("onnx", "refused", r);
    }
    String lines =
        refused.stream().limit(MOST_SHOWN).map(r -> "\n  " + r).collect(Collectors.joining());
    int more = refused.size() - MOST_SHOWN;
    return "onnx: "
        + source
        + ": "
        + refused.size()
        + (refused.size() == 1 ? " node is not supported:" : " nodes are not supported:")
        + lines
        + (more > 0 ? "\n  and " + more + " more" : "")
        + PARTS;
  }

  /** Returns all unsupported nodes, in the file's order. */
  public List<Refused> refused() {
    return refused;
  }
}
