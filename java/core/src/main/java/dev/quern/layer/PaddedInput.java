package dev.quern.layer;

import dev.quern.kernel.Resize2dKernel;
import dev.quern.kernel.Resize2dKernel.Operator;
import dev.quern.kernel.Scratch;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What a convolution reads: its input or, where opposite sides of its padding differ, a copy with
 * zeros around it, since native convolutions know one padding for both.
 */
final class PaddedInput {
  private final Shape in;
  private final Sides sides;

  /**
   * @param in one sample's shape, {@code [C, H, W]}
   */
  PaddedInput(Shape in, Sides sides) {
    this.in = in;
    this.sides = sides;
  }

  /** One sample's shape, with those zeros. */
  Shape shape() {
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
  Size rest() {
    return sides.isEven() ? sides.begin() : Size.of(0);
  }

  /** The input, channels last. */
  FloatPointer forward(Scratch s, Tensor input) {
    FloatPointer src = s.nhwc(input);
    if (sides.isEven()) {
      return src;
    }
    long batch = input.shape().dim(0);
    FloatPointer padded = s.floats(shape().elements() * batch);
    kernel(s, batch).forward(src, padded);
    return padded;
  }

  /** The input's gradient from that of what the convolution reads. */
  FloatPointer backward(Scratch s, long batch, FloatPointer diff) {
    if (sides.isEven()) {
      return diff;
    }
    FloatPointer inside = s.floats(in.elements() * batch);
    kernel(s, batch).crop(diff, inside);
    return inside;
  }

  private Resize2dKernel kernel(Scratch s, long batch) {
    return new Resize2dKernel(
        s.descriptor(), Operator.ZERO_PAD2D, batch, in, shape(), sides.top(), sides.left());
  }
}
