package dev.quern.layer;

import dev.quern.Shape;

/**
 * {@code [N, C, H, W]} to {@code [N, C * H * W]}, channels outermost, as in PyTorch and in the
 * files.
 */
public record Flatten() implements Layer {
  @Override
  public String type() {
    return "flatten";
  }

  @Override
  public Shape outputShape(Shape input) {
    return Shape.of(input.elements());
  }
}
