package dev.quern.eager;

import dev.quern.kernel.Resize2dKernel;
import dev.quern.kernel.Resize2dKernel.Operator;
import dev.quern.kernel.Scratch;
import dev.quern.layer.internal.PaddedInput;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/** Pads images with zeros for convolutions with uneven padding, and crops the images' gradients. */
final class PaddedCopy {
  private PaddedCopy() {}

  /**
   * Returns the input as the convolution reads it: channels last and, for uneven padding, padded.
   */
  static FloatPointer forward(Scratch s, PaddedInput of, Tensor input) {
    FloatPointer src = s.nhwc(input);
    if (of.sides().isEven()) {
      return src;
    }
    long batch = input.shape().dim(0);
    FloatPointer padded = s.floats(of.shape().elements() * batch);
    kernel(s, of, batch).forward(src, padded);
    return padded;
  }

  /** Returns the input's gradient, cropped from the gradient of the padded image. */
  static FloatPointer backward(Scratch s, PaddedInput of, long batch, FloatPointer diff) {
    if (of.sides().isEven()) {
      return diff;
    }
    FloatPointer inside = s.floats(of.in().elements() * batch);
    kernel(s, of, batch).crop(diff, inside);
    return inside;
  }

  private static Resize2dKernel kernel(Scratch s, PaddedInput of, long batch) {
    Sides sides = of.sides();
    return new Resize2dKernel(
        s.descriptor(), Operator.ZERO_PAD2D, batch, of.in(), of.shape(), sides.top(), sides.left());
  }
}
