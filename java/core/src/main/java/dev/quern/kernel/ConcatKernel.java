package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/** Copies between tensors whose rows have different numbers of channels. */
public final class ConcatKernel {
  private ConcatKernel() {}

  /**
   * Copies the first {@code channels} elements of each row.
   *
   * @param bytes true for int8 elements, false for floats
   * @param srcPitch the distance between the starts of two rows of the source, in elements
   */
  public static void copy(
      boolean bytes,
      long rows,
      long channels,
      Pointer src,
      long srcPitch,
      Pointer dst,
      long dstPitch) {
    int type = bytes ? Quern.QUERN_U8 : Quern.QUERN_F32;
    Status.check(Quern.quern_copy_channels(type, rows, channels, src, srcPitch, dst, dstPitch));
  }

  /** Copies the first {@code channels} floats of each row. */
  public static void copy(
      long rows, long channels, Pointer src, long srcPitch, Pointer dst, long dstPitch) {
    copy(false, rows, channels, src, srcPitch, dst, dstPitch);
  }

  /** Copies {@code n} contiguous elements. */
  public static void copy(long n, Pointer src, Pointer dst) {
    copy(1, n, src, n, dst, n);
  }
}
