package dev.quern.layer;

import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;

/**
 * Adaptive average pooling to a fixed output size: input {@code [N, C, H, W]}, output {@code [N, C,
 * outputSize.height, outputSize.width]}. As in PyTorch, row i of an output with n rows averages the
 * input rows {@code floor(i H / n)} to {@code ceil((i + 1) H / n) - 1}; columns follow the same
 * formula; windows may overlap. An output size of 1 is global average pooling (Lin, Chen and Yan,
 * "Network in Network", 2013).
 */
public record AdaptiveAvgPool2d(Size outputSize) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<AdaptiveAvgPool2d> TYPE =
      LayerType.of("adaptive_avg_pool2d", AdaptiveAvgPool2d.class)
          .size("output_size", AdaptiveAvgPool2d::outputSize)
          .made(v -> new AdaptiveAvgPool2d(v.size("output_size")));

  public AdaptiveAvgPool2d {
    Checks.atLeast("adaptive_avg_pool2d", "output_size", outputSize, 1);
  }

  public AdaptiveAvgPool2d(int outputSize) {
    this(Size.of(outputSize));
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("adaptive_avg_pool2d", input);
    Checks.countable("adaptive_avg_pool2d", "input", input);
    return Shape.of(input.dim(0), outputSize.height(), outputSize.width());
  }
}
