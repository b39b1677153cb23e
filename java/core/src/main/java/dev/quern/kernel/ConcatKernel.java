package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;

/** Copies of channels into or out of rows that have more of them. */
public final class ConcatKernel {
  private ConcatKernel() {}

  /**
   * @param srcPitch floats from a row to the next
   */
  public static void copy(
      long rows, long channels, FloatPointer src, long srcPitch, FloatPointer dst, long dstPitch) {
    Status.check(Quern.quern_copy_channels(rows, channels, src, srcPitch, dst, dstPitch));
  }

  /** A copy of so many floats that lie in one piece. */
  public static void copy(long n, FloatPointer src, FloatPointer dst) {
    copy(1, n, src, n, dst, n);
  }
}
