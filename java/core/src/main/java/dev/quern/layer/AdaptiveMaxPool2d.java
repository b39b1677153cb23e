package dev.quern.layer;

import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;

/**
 * Adaptive max pooling to a fixed output size: input {@code [N, C, H, W]}, output {@code [N, C,
 * outputSize.height, outputSize.width]}. The windows are computed as in {@link AdaptiveAvgPool2d}.
 * As in {@link MaxPool2d}, a window that contains a NaN yields NaN, and the first of several equal
 * maxima in row-major order receives the gradient. An output size of 1 is global max pooling.
 */
public record AdaptiveMaxPool2d(Size outputSize) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<AdaptiveMaxPool2d> TYPE =
      LayerType.of("adaptive_max_pool2d", AdaptiveMaxPool2d.class)
          .size("output_size", AdaptiveMaxPool2d::outputSize)
          .made(v -> new AdaptiveMaxPool2d(v.size("output_size")));

  public AdaptiveMaxPool2d {
    Checks.atLeast("adaptive_max_pool2d", "output_size", outputSize, 1);
  }

  public AdaptiveMaxPool2d(int outputSize) {
    this(Size.of(outputSize));
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("adaptive_max_pool2d", input);
    Checks.countable("adaptive_max_pool2d", "input", input);
    return Shape.of(input.dim(0), outputSize.height(), outputSize.width());
  }
}
