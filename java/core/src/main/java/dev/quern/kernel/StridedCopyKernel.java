package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;

/** A strided copy of elements to distinct positions. */
public final class StridedCopyKernel {
  private final long[] sizes;
  private final long[] src;
  private final long[] dst;

  /**
   * Creates the kernel.
   *
   * @param sizes the sizes of the axes, the batch first
   * @param src the strides of the source in elements; 0 to repeat an element
   * @param dst the strides of the destination in elements
   */
  public StridedCopyKernel(long[] sizes, long[] src, long[] dst) {
    this.sizes = sizes;
    this.src = src;
    this.dst = dst;
  }

  /** Returns a kernel that copies one source to every sample of a batch. */
  public static StridedCopyKernel repeating(long batch, long[] sizes, long[] src, long[] dst) {
    return new StridedCopyKernel(with(batch, sizes), with(0, src), with(elements(sizes), dst));
  }

  /** Returns the number of elements of one sample. */
  static long elements(long... sizes) {
    return Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
  }

  /** Returns an array with one more element at the front. */
  static long[] with(long first, long[] rest) {
    long[] all = new long[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  /** Sets the batch size of the next passes. */
  public void batch(long n) {
    sizes[0] = n;
  }

  public void forward(Pointer from, Pointer to) {
    copy(src, dst, from, to);
  }

  /** Copies gradients back to the source's positions; other elements remain unchanged. */
  public void backward(Pointer diffDst, Pointer diffSrc) {
    copy(dst, src, diffDst, diffSrc);
  }

  private void copy(long[] fromStrides, long[] toStrides, Pointer from, Pointer to) {
    Status.check(
        Quern.quern_strided_copy(
            Quern.QUERN_F32, sizes.length, sizes, fromStrides, toStrides, from, to));
  }
}
