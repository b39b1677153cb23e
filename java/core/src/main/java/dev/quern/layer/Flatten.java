package dev.quern.layer;

import dev.quern.error.ShapeException;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * {@code [N, C, H, W]} to {@code [N, C * H * W]}, channels outermost, as in PyTorch and in the
 * files.
 */
public record Flatten() implements Layer {
  /** Its name and its options. */
  public static final LayerType<Flatten> TYPE =
      LayerType.of("flatten", Flatten.class, Flatten::new);

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    if (Checks.any("flatten", input).isFree()) {
      throw new ShapeException(
          "flatten: input "
              + input
              + " has a free height or width (put an adaptive_avg_pool2d before it)");
    }
    return Shape.of(input.elements());
  }
}
