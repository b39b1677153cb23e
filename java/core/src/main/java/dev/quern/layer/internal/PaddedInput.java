package dev.quern.layer.internal;

import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;

/**
 * The image that a convolution reads: its input or, where opposite sides of its padding differ, a
 * copy with zeros around it, since native convolutions know one padding for both.
 *
 * @param in one sample's shape, {@code [C, H, W]}
 */
public record PaddedInput(Shape in, Sides sides) {
  /** One sample's shape, with those zeros. */
  public Shape shape() {
    if (sides.isEven()) {
      return in;
    }
    Checks.countable("conv2d", "input", in);
    Shape padded =
        Shape.of(
            in.dim(0),
            Checks.side(in, 1, h -> h + sides.top() + sides.bottom()),
            Checks.side(in, 2, w -> w + sides.left() + sides.right()));
    Checks.countable("conv2d", "padded input", padded);
    return padded;
  }

  /** The padding that is left to the convolution. */
  public Size rest() {
    return sides.isEven() ? sides.begin() : Size.of(0);
  }
}
