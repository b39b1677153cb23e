package dev.quern.layer;

import dev.quern.error.ShapeException;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/** Flattens {@code [N, C, H, W]} to {@code [N, C * H * W]} in C, H, W order, as in PyTorch. */
public record Flatten() implements Layer {
  /** The type of this layer: its name and its options in network files. */
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
              + " has a dynamic height or width (put an adaptive_avg_pool2d before it)");
    }
    return Shape.of(input.elements());
  }
}
