package dev.quern.onnx.write;

/** Why a layer cannot be written; the graph's writer puts its name before it. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  Refusal(String why) {
    super(why);
  }
}
