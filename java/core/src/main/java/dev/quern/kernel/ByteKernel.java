package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/** What is made of bytes besides convolutions and means: sums, products, functions of each. */
public final class ByteKernel {
  private ByteKernel() {}

  /**
   * What a tensor's bytes stand for: {@code (byte - zero) * scale}.
   *
   * @param low the least byte that is made
   * @param high the largest
   */
  public record Steps(float scale, int zero, int low, int high) {}

  public static void add(
      long n, Pointer a, Steps ofA, Pointer b, Steps ofB, Pointer dst, Steps to) {
    Status.check(
        Quern.quern_add_bytes(
            n, a, ofA.scale, ofA.zero, b, ofB.scale, ofB.zero, dst, to.scale, to.zero, to.low,
            to.high));
  }

  /** As {@link BinaryKernel}: of as many pixels, or of one. */
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

  /** {@code table[src]}, of a table of 256 bytes; {@code dst} may be {@code src}. */
  public static void lookup(long n, Pointer src, Pointer table, Pointer dst) {
    Status.check(Quern.quern_lookup(n, src, table, dst));
  }
}
