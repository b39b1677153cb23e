package dev.quern.layer.internal;

import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;

/**
 * The image that a convolution reads: its input or, if opposite sides of the padding differ, a copy
 * of the input with zeros around it, since the native convolutions support only equal padding on
 * opposite sides.
 *
 * @param in the input shape of one sample, {@code [C, H, W]}
 */
public record PaddedInput(Shape in, Sides sides) {
  /** Returns the shape of one sample, including the zeros around it. */
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

  /** Returns the padding that the convolution itself applies. */
  public Size rest() {
    return sides.isEven() ? sides.begin() : Size.of(0);
  }
}
