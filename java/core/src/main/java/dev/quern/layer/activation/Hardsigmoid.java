package dev.quern.layer.activation;

/** {@code min(max(x + 3, 0), 6) / 6}; the derivative at -3 and at 3 is 0. */
public record Hardsigmoid() implements Activation {
  @Override
  public String type() {
    return "hardsigmoid";
  }
}
