package dev.quern.onnx.graph;

/**
 * The reason why a node cannot be converted to a layer, or a layer to nodes. The caller that
 * iterates over them collects the reasons and adds the names.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Refusal(String why) {
    super(why, null, false, false);
  }
}
