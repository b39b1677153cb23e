package dev.quern.layer.activation;

/** The hyperbolic tangent. */
public record Tanh() implements Activation {
  @Override
  public String type() {
    return "tanh";
  }
}
