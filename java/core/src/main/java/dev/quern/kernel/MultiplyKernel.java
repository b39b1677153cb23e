package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/**
 * The product of channels-last values, {@code [batch][pixels][channels]}, by others of as many
 * pixels or of one.
 */
public final class MultiplyKernel {
  private MultiplyKernel() {}

  public static void forward(
      long batch,
      long pixels,
      long otherPixels,
      long channels,
      Pointer src,
      Pointer other,
      Pointer dst) {
    Status.check(
        Quern.quern_multiply_forward(
            Quern.QUERN_F32, batch, pixels, otherPixels, channels, src, other, dst));
  }

  /**
   * @param diffSrc null, as the other's, where nobody wants it
   */
  public static void backward(
      long batch,
      long pixels,
      long otherPixels,
      long channels,
      Pointer src,
      Pointer other,
      Pointer diffDst,
      Pointer diffSrc,
      Pointer diffOther) {
    Status.check(
        Quern.quern_multiply_backward(
            Quern.QUERN_F32,
            batch,
            pixels,
            otherPixels,
            channels,
            src,
            other,
            diffDst,
            diffSrc,
            diffOther));
  }
}
