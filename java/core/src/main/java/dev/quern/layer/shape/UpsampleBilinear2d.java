package dev.quern.layer.shape;

import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;

/**
 * Bilinear upsampling: input {@code [N, C, H, W]}, output {@code [N, C, H * scaleFactor.height, W *
 * scaleFactor.width]}. Factors are integers. As in PyTorch, output row i interpolates at input row
 * {@code (i + 1/2) / s - 1/2}, at least 0, where s is the factor; with {@code alignCorners}, at
 * input row {@code i (H - 1) / (H s - 1)}, so that the corners of both images coincide. Columns
 * follow the same formula.
 */
public record UpsampleBilinear2d(Size scaleFactor, boolean alignCorners) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<UpsampleBilinear2d> TYPE =
      LayerType.of("upsample_bilinear2d", UpsampleBilinear2d.class)
          .size("scale_factor", UpsampleBilinear2d::scaleFactor)
          .flag("align_corners", false, UpsampleBilinear2d::alignCorners)
          .made(v -> new UpsampleBilinear2d(v.size("scale_factor"), v.flag("align_corners")));

  public UpsampleBilinear2d {
    Checks.atLeast("upsample_bilinear2d", "scale_factor", scaleFactor, 1);
  }

  /** Creates the layer without aligned corners, which is PyTorch's default. */
  public UpsampleBilinear2d(Size scaleFactor) {
    this(scaleFactor, false);
  }

  public UpsampleBilinear2d(int scaleFactor) {
    this(Size.of(scaleFactor));
  }

  public UpsampleBilinear2d alignCorners(boolean align) {
    return new UpsampleBilinear2d(scaleFactor, align);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("upsample_bilinear2d", input);
    Checks.countable("upsample_bilinear2d", "input", input);
    return Checks.output(
        "upsample_bilinear2d",
        input.dim(0),
        Checks.side(input, 1, h -> h * scaleFactor.height()),
        Checks.side(input, 2, w -> w * scaleFactor.width()));
  }
}
