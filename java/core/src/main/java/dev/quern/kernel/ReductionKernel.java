package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;

/** A reduction over axes, for any strides: sum, mean, amax, amin or prod. */
public final class ReductionKernel {
  private static final Map<String, Integer> KINDS =
      Map.of(
          "sum", Quern.QUERN_SUM,
          "mean", Quern.QUERN_MEAN,
          "amax", Quern.QUERN_AMAX,
          "amin", Quern.QUERN_AMIN,
          "prod", Quern.QUERN_PROD);

  private final int kind;
  private final long[] sizes;
  private final long[] src;
  private final long[] dst;

  /**
   * Creates the kernel.
   *
   * @param sizes the sizes of the input's axes, the batch first
   * @param dst the output's stride along each axis of the input; 0 for reduced axes
   */
  ReductionKernel(String kind, long[] sizes, long[] src, long[] dst) {
    this.kind = KINDS.get(kind);
    this.sizes = sizes;
    this.src = src;
    this.dst = dst;
  }

  /**
   * Returns a kernel whose output is the sum of a batch's samples.
   *
   * @param sizes the sizes of the axes of one sample
   * @param src the strides of a sample, in elements
   * @param dst the strides of the sum, in elements
   */
  public static ReductionKernel ofSamples(long batch, long[] sizes, long[] src, long[] dst) {
    return new ReductionKernel(
        "sum",
        StridedCopyKernel.with(batch, sizes),
        StridedCopyKernel.with(StridedCopyKernel.elements(sizes), src),
        StridedCopyKernel.with(0, dst));
  }

  /** Returns whether the backward pass reads the input. */
  public boolean readsInput() {
    return kind != Quern.QUERN_SUM && kind != Quern.QUERN_MEAN;
  }

  /** Returns whether the backward pass reads the output. */
  public boolean readsOutput() {
    return kind == Quern.QUERN_AMAX || kind == Quern.QUERN_AMIN;
  }

  /** Sets the batch size of the next passes. */
  public void batch(long n) {
    sizes[0] = n;
  }

  public void forward(Pointer from, Pointer to) {
    Status.check(
        Quern.quern_reduction_forward(
            kind, Quern.QUERN_F32, sizes.length, sizes, src, dst, from, to));
  }

  public void backward(Pointer from, Pointer to, Pointer diffDst, Pointer diffSrc) {
    Status.check(
        Quern.quern_reduction_backward(
            kind, Quern.QUERN_F32, sizes.length, sizes, src, dst, from, to, diffDst, diffSrc));
  }
}
