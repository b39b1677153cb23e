package dev.quern.layer.activation;

/** {@code min(max(x, 0), 6)}; the derivative at 0 and at 6 is 0. */
public record Relu6() implements Activation {
  @Override
  public String type() {
    return "relu6";
  }
}
