package dev.quern.onnx.graph;

/**
 * Thrown if a node cannot be converted to a layer, or a layer to nodes; the message is the reason.
 * The importer and the exporter catch it, add the name of the node or layer, and report all reasons
 * together.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Refusal(String why) {
    super(why, null, false, false);
  }
}
