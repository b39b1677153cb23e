package dev.quern.layer;

import dev.quern.Shape;
import dev.quern.error.ShapeException;

/**
 * Softmax over the classes or channels (axis 1 of {@code [N, C]} and {@code [N, C, H, W]}), stable
 * for any input.
 */
public record Softmax() implements Layer {
  @Override
  public String type() {
    return "softmax";
  }

  @Override
  public Shape outputShape(Shape input) {
    if ((input.rank() != 1 && input.rank() != 3) || input.dim(0) < 1) {
      throw new ShapeException("softmax: input " + input + " is neither features nor an image");
    }
    return input;
  }
}
