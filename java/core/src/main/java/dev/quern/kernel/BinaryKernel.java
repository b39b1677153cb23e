package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/**
 * Two channels-last values to one, {@code [batch][pixels][channels]} and another of as many pixels
 * or of one.
 */
public enum BinaryKernel {
  MULTIPLY(Quern::quern_multiply_forward, Quern::quern_multiply_backward),
  SUBTRACT(Quern.QUERN_SUBTRACT),
  DIVIDE(Quern.QUERN_DIVIDE),
  MAXIMUM(Quern.QUERN_MAXIMUM);

  /** A forward pass of {@code quern.h}; the status is its result. */
  private interface Forward {
    int run(long type, long n, long pixels, long others, long c, Pointer a, Pointer b, Pointer dst);
  }

  /** A backward pass of {@code quern.h}; the status is its result. */
  private interface Backward {
    int run(
        long type,
        long n,
        long pixels,
        long others,
        long c,
        Pointer a,
        Pointer b,
        Pointer diffDst,
        Pointer diffA,
        Pointer diffB);
  }

  private final Forward forward;
  private final Backward backward;

  BinaryKernel(long kind) {
    this(
        (type, n, pixels, others, c, a, b, dst) ->
            Quern.quern_binary_forward(kind, type, n, pixels, others, c, a, b, dst),
        (type, n, pixels, others, c, a, b, diffDst, diffA, diffB) ->
            Quern.quern_binary_backward(
                kind, type, n, pixels, others, c, a, b, diffDst, diffA, diffB));
  }

  BinaryKernel(Forward forward, Backward backward) {
    this.forward = forward;
    this.backward = backward;
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
        forward.run(Quern.QUERN_F32, batch, pixels, otherPixels, channels, src, other, dst));
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
        backward.run(
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
