package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/** An elementwise operation on two inputs that broadcast by strides, see {@link Broadcast}. */
public final class BroadcastKernel {
  private final BinaryKernel kind;
  private final long[] sizes;
  private final long[] src;
  private final long[] other;
  private final long[] dst;

  /**
   * Creates the kernel.
   *
   * @param sizes the sizes of the output's axes, the batch first
   * @param src the first input's strides in elements; 0 along an axis that broadcasts
   */
  BroadcastKernel(BinaryKernel kind, long[] sizes, long[] src, long[] other, long[] dst) {
    this.kind = kind;
    this.sizes = sizes;
    this.src = src;
    this.other = other;
    this.dst = dst;
  }

  /** Sets the batch size of the next passes. */
  public void batch(long n) {
    sizes[0] = n;
  }

  public void forward(Pointer from, Pointer by, Pointer to) {
    Status.check(
        Quern.quern_broadcast_forward(
            kind.kind(), Quern.QUERN_F32, sizes.length, sizes, src, other, dst, from, by, to));
  }

  /**
   * Runs the backward pass.
   *
   * @param diffFrom receives the gradient of the first input; {@code diffFrom} and {@code diffBy}
   *     may each be null
   */
  public void backward(Pointer from, Pointer by, Pointer diffTo, Pointer diffFrom, Pointer diffBy) {
    Status.check(
        Quern.quern_broadcast_backward(
            kind.kind(),
            Quern.QUERN_F32,
            sizes.length,
            sizes,
            src,
            other,
            dst,
            from,
            by,
            diffTo,
            diffFrom,
            diffBy));
  }
}
