package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/**
 * Two channels-last values to one, {@code [batch][pixels][channels]} and another of as many pixels
 * or of one.
 */
public enum BinaryKernel {
  SUBTRACT(Quern.QUERN_SUBTRACT),
  DIVIDE(Quern.QUERN_DIVIDE),
  MAXIMUM(Quern.QUERN_MAXIMUM);

  private final long kind;

  BinaryKernel(long kind) {
    this.kind = kind;
  }

  public void forward(
      long batch,
      long pixels,
      long otherPixels,
      long channels,
      Pointer src,
      Pointer other,
      Pointer dst) {
    Status.check(
        Quern.quern_binary_forward(
            kind, Quern.QUERN_F32, batch, pixels, otherPixels, channels, src, other, dst));
  }

  /**
   * @param diffSrc null, as the other's, where nobody wants it
   */
  public void backward(
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
        Quern.quern_binary_backward(
            kind,
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
