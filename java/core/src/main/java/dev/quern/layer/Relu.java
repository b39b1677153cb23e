package dev.quern.layer;

import dev.quern.Shape;

/** {@code max(x, 0)}, of any shape; NaN stays NaN, and the derivative at 0 is 0. */
public record Relu() implements Layer {
  @Override
  public String type() {
    return "relu";
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }
}
