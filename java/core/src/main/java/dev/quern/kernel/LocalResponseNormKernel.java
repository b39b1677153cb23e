package dev.quern.kernel;

import dev.quern.bindings.LocalResponseNormDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/** Local response normalization across the channels of each pixel. */
public final class LocalResponseNormKernel {
  private final LocalResponseNormDescriptor descriptor;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param rows the number of pixels in the batch
   */
  public LocalResponseNormKernel(
      Pointer at, long rows, long channels, int size, float alpha, float beta, float k) {
    descriptor =
        new LocalResponseNormDescriptor(at)
            .rows(rows)
            .channels(channels)
            .size(size)
            .alpha(alpha)
            .beta(beta)
            .k(k)
            .type(Quern.QUERN_F32);
  }

  /** Sets the number of rows (pixels in the batch) of the next passes. */
  public void rows(long n) {
    descriptor.rows(n);
  }

  /** Returns the workspace size of the backward pass in bytes. */
  public long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_local_response_norm_workspace(descriptor, bytes));
    return bytes[0];
  }

  public void forward(Pointer src, Pointer dst) {
    Status.check(Quern.quern_local_response_norm_forward(descriptor, src, dst));
  }

  public void backward(
      Pointer src, Pointer diffDst, Pointer diffSrc, Pointer workspace, long bytes) {
    Status.check(
        Quern.quern_local_response_norm_backward(
            descriptor, src, diffDst, diffSrc, workspace, bytes));
  }
}
