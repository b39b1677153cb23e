package dev.quern.kernel;

import dev.quern.bindings.Pool2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/** Average pooling of channels-last values. */
public final class AvgPool2dKernel {
  private final Pool2dDescriptor descriptor;

  /**
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param in one sample's shape, {@code [C, H, W]}
   * @param countIncludePad whether padding counts in the divisor
   */
  public AvgPool2dKernel(
      Pointer at, long batch, Shape in, Window window, boolean ceilMode, boolean countIncludePad) {
    descriptor = Pool2d.descriptor(at, batch, in, window, ceilMode, countIncludePad);
  }

  /** Sets the batch of the next passes. */
  public void batch(long n) {
    descriptor.batch(n);
  }

  public void forward(Pointer src, Pointer dst) {
    Status.check(Quern.quern_avg_pool2d_forward(descriptor, src, dst));
  }

  public void backward(Pointer diffDst, Pointer diffSrc) {
    Status.check(Quern.quern_avg_pool2d_backward(descriptor, diffDst, diffSrc));
  }
}
