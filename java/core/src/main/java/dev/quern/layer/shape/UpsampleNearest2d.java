package dev.quern.layer.shape;

import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;

/**
 * Nearest-neighbor upsampling, which repeats each pixel {@code scaleFactor} times down and across:
 * input {@code [N, C, H, W]}, output {@code [N, C, H * scaleFactor.height, W * scaleFactor.width]}.
 * Factors are integers.
 */
public record UpsampleNearest2d(Size scaleFactor) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<UpsampleNearest2d> TYPE =
      LayerType.of("upsample_nearest2d", UpsampleNearest2d.class)
          .size("scale_factor", UpsampleNearest2d::scaleFactor)
          .made(v -> new UpsampleNearest2d(v.size("scale_factor")));

  public UpsampleNearest2d {
    Checks.atLeast("upsample_nearest2d", "scale_factor", scaleFactor, 1);
  }

  public UpsampleNearest2d(int scaleFactor) {
    this(Size.of(scaleFactor));
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("upsample_nearest2d", input);
    Checks.countable("upsample_nearest2d", "input", input);
    return Checks.output(
        "upsample_nearest2d",
        input.dim(0),
        Checks.side(input, 1, h -> h * scaleFactor.height()),
        Checks.side(input, 2, w -> w * scaleFactor.width()));
  }
}
