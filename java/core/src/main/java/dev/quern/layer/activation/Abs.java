package dev.quern.layer.activation;

/** The magnitude of each element; the derivative at 0 is 0. */
public record Abs() implements Activation {
  @Override
  public String type() {
    return "abs";
  }
}
