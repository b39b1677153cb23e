package dev.quern.layer.shape;

import dev.quern.error.InvalidArgumentException;
import dev.quern.kernel.Rearrangement;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * Rearranges squares of pixels into channels (space to depth): an image {@code [C, H, W]} becomes
 * {@code [C * r^2, H / r, W / r]}. Channel {@code c * r^2 + i * r + j} contains the pixels of input
 * channel c at row i and column j of each square of r x r pixels. This is the inverse of pixel
 * shuffle (Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient
 * Sub-Pixel Convolutional Neural Network", 2016).
 *
 * @param downscaleFactor the side r of a square
 */
public record PixelUnshuffle(int downscaleFactor) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<PixelUnshuffle> TYPE =
      LayerType.of("pixel_unshuffle", PixelUnshuffle.class)
          .integer("downscale_factor", PixelUnshuffle::downscaleFactor)
          .made(v -> new PixelUnshuffle(v.integer("downscale_factor")));

  /**
   * Checks the argument.
   *
   * @throws InvalidArgumentException if the factor is less than 1
   */
  public PixelUnshuffle {
    Checks.atLeast("pixel_unshuffle", "downscale_factor", downscaleFactor, 1);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  /**
   * Returns the output shape.
   *
   * @throws dev.quern.error.ShapeException if the input is not an image whose height and width are
   *     multiples of the factor
   */
  @Override
  public Shape outputShape(Shape input) {
    return rearrangement(Checks.any("pixel_unshuffle", input)).out();
  }

  private Rearrangement rearrangement(Shape input) {
    return Rearrangement.pixelUnshuffle(input, downscaleFactor);
  }
}
