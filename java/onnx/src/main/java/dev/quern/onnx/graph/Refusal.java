package dev.quern.onnx.graph;

/**
 * Why a node cannot become a layer, or a layer nodes. Who walks over them collects these and says
 * which it is.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Refusal(String why) {
    super(why, null, false, false);
  }
}
