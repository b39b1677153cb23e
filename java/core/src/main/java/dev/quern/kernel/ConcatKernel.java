package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/** Copies of channels into or out of rows that have more of them. */
public final class ConcatKernel {
  private ConcatKernel() {}

  /**
   * @param srcPitch elements from a row to the next
   */
  public static void copy(
      long rows, long channels, Pointer src, long srcPitch, Pointer dst, long dstPitch) {
    Status.check(
        Quern.quern_copy_channels(Quern.QUERN_F32, rows, channels, src, srcPitch, dst, dstPitch));
  }

  /** A copy of so many elements that lie in one piece. */
  public static void copy(long n, Pointer src, Pointer dst) {
    copy(1, n, src, n, dst, n);
  }
}
