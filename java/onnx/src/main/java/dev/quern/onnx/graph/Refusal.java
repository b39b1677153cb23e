package dev.quern.onnx.graph;

/** Why a node cannot become a layer. The lowering collects these and names the node. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Refusal(String why) {
    super(why, null, false, false);
  }
}
