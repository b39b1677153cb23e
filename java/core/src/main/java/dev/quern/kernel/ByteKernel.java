package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/** Elementwise int8 operations: sum, product and lookup table. */
public final class ByteKernel {
  private ByteKernel() {}

  /**
   * Quantization parameters of a tensor: each byte represents {@code (byte - zero) * scale}.
   *
   * @param low the lower bound to which results are clamped
   * @param high the upper bound to which results are clamped
   */
  public record Steps(float scale, int zero, int low, int high) {}

  public static void add(
      long n, Pointer a, Steps ofA, Pointer b, Steps ofB, Pointer dst, Steps to) {
    Status.check(
        Quern.quern_add_bytes(
            n, a, ofA.scale, ofA.zero, b, ofB.scale, ofB.zero, dst, to.scale, to.zero, to.low,
            to.high));
  }

  /**
   * Multiplies two tensors elementwise; the second has the same number of pixels as the first, or
   * one pixel that broadcasts.
   */
  public static void multiply(
      long batch,
      long pixels,
      long otherPixels,
      long channels,
      Pointer src,
      Steps from,
      Pointer other,
      Steps ofOther,
      Pointer dst,
      Steps to) {
    Status.check(
        Quern.quern_multiply_bytes(
            batch,
            pixels,
            otherPixels,
            channels,
            src,
            from.scale,
            from.zero,
            other,
            ofOther.scale,
            ofOther.zero,
            dst,
            to.scale,
            to.zero,
            to.low,
            to.high));
  }

  /** Maps each byte through a table of 256 bytes; {@code dst} may be {@code src}. */
  public static void lookup(long n, Pointer src, Pointer table, Pointer dst) {
    Status.check(Quern.quern_lookup(n, src, table, dst));
  }
}
