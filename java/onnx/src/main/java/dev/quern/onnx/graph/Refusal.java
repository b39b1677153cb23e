package dev.quern.onnx.graph;

/**
 * The reason why a node cannot be converted to a layer, or a layer to nodes. The importer and the
 * exporter catch it, add the node's or layer's name, and collect all reasons.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Refusal(String why) {
    super(why, null, false, false);
  }
}
