package dev.quern.layer.internal;

import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;

/**
 * The input image of a native convolution, which supports only equal padding on opposite sides. If
 * opposite sides differ, the image is a zero-padded copy of the input.
 *
 * @param in the input shape of one sample, {@code [C, H, W]}
 */
public record PaddedInput(Shape in, Sides sides) {
  /** Returns the shape of one sample of the image, including the padding of a zero-padded copy. */
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

  /** Returns the padding that the native convolution adds; 0 for a zero-padded copy. */
  public Size rest() {
    return sides.isEven() ? sides.begin() : Size.of(0);
  }
}
