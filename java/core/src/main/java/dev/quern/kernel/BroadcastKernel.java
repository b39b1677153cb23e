package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/** Two values to one by strides, see {@link Broadcast}. */
public final class BroadcastKernel {
  private final BinaryKernel kind;
  private final long[] sizes;
  private final long[] src;
  private final long[] other;
  private final long[] dst;

  /**
   * @param sizes the first is the batch
   * @param src elements from one number to the next along each axis; 0 repeats
   */
  BroadcastKernel(BinaryKernel kind, long[] sizes, long[] src, long[] other, long[] dst) {
    this.kind = kind;
    this.sizes = sizes;
    this.src = src;
    this.other = other;
    this.dst = dst;
  }

  /** Sets the batch of the next passes. */
  public void batch(long n) {
    sizes[0] = n;
  }

  public void forward(Pointer from, Pointer by, Pointer to) {
    Status.check(
        Quern.quern_broadcast_forward(
            kind.kind(), Quern.QUERN_F32, sizes.length, sizes, src, other, dst, from, by, to));
  }

  /**
   * @param diffFrom null, as the other's, where nobody wants it
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
