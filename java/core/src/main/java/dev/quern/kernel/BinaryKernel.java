package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/**
 * An elementwise operation on two channels-last tensors. The first has shape {@code
 * [batch][pixels][channels]}; the second has the same number of pixels, or one pixel that
 * broadcasts.
 */
public enum BinaryKernel {
  ADD(Quern.QUERN_ADD),
  MULTIPLY(Quern.QUERN_MULTIPLY),
  SUBTRACT(Quern.QUERN_SUBTRACT),
  DIVIDE(Quern.QUERN_DIVIDE),
  MAXIMUM(Quern.QUERN_MAXIMUM),
  MINIMUM(Quern.QUERN_MINIMUM),
  POW(Quern.QUERN_POW),
  EQUAL(Quern.QUERN_EQUAL),
  LESS(Quern.QUERN_LESS),
  LESS_OR_EQUAL(Quern.QUERN_LESS_OR_EQUAL),
  GREATER(Quern.QUERN_GREATER),
  GREATER_OR_EQUAL(Quern.QUERN_GREATER_OR_EQUAL),
  /**
   * Copies the second input where the first is not 0; leaves the rest of the output unchanged. Only
   * for {@link BroadcastKernel}.
   */
  WHEN(Quern.QUERN_WHEN),
  /**
   * Copies the second input where the first is 0; leaves the rest of the output unchanged. Only for
   * {@link BroadcastKernel}.
   */
  UNLESS(Quern.QUERN_UNLESS);

  private final long kind;

  BinaryKernel(long kind) {
    this.kind = kind;
  }

  /** Returns the operation's constant in {@code quern.h}. */
  long kind() {
    return kind;
  }

  /**
   * Returns whether the gradient depends on which input is larger, so that rounded inputs could
   * change which of them receives it.
   */
  public boolean compares() {
    return this == MAXIMUM || this == MINIMUM;
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
   * Runs the backward pass.
   *
   * @param diffSrc receives the gradient of the first input; {@code diffSrc} and {@code diffOther}
   *     may each be null
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
