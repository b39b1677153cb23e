package dev.quern.layer.activation;

/** {@code 1 / x}; infinite at 0, with its sign. */
public record Reciprocal() implements Activation {
  @Override
  public String type() {
    return "reciprocal";
  }
}
