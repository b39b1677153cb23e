package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/** Argmax or argmin along an axis, for any strides, without a backward pass. */
public final class ArgmaxKernel {
  private final int kind;
  private final int selectLast;
  private final long[] sizes;
  private final long[] src;
  private final long[] dst;

  /**
   * Creates the kernel.
   *
   * @param sizes the sizes of the input's axes, the batch first
   * @param dst the output's stride along each axis of the input; 0 for the reduced axis
   */
  ArgmaxKernel(boolean smallest, boolean selectLast, long[] sizes, long[] src, long[] dst) {
    this.kind = smallest ? Quern.QUERN_AMIN : Quern.QUERN_AMAX;
    this.selectLast = selectLast ? 1 : 0;
    this.sizes = sizes;
    this.src = src;
    this.dst = dst;
  }

  /** Sets the batch size of the next passes. */
  public void batch(long n) {
    sizes[0] = n;
  }

  public void forward(Pointer from, Pointer to) {
    Status.check(
        Quern.quern_argmax(
            kind, selectLast, Quern.QUERN_F32, sizes.length, sizes, src, dst, from, to));
  }
}
