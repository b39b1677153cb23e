package dev.quern.kernel;

import dev.quern.bindings.Pool2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.kernel.ByteKernel.Steps;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/** Average pooling of channels-last tensors. */
public final class AvgPool2dKernel {
  private final Pool2dDescriptor descriptor;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param in the sample shape of the input, {@code [C, H, W]}
   * @param countIncludePad whether the divisor includes padding
   */
  public AvgPool2dKernel(
      Pointer at, long batch, Shape in, Window window, boolean ceilMode, boolean countIncludePad) {
    descriptor = Pool2d.descriptor(at, batch, in, window, ceilMode, countIncludePad);
  }

  /** Sets the batch size of the next passes. */
  public void batch(long n) {
    descriptor.batch(n);
  }

  public void forward(Pointer src, Pointer dst) {
    Status.check(Quern.quern_avg_pool2d_forward(descriptor, src, dst));
  }

  /** Returns an inference kernel that reads int8 and writes int8 or floats. */
  public MeanKernel bytes(boolean toBytes) {
    descriptor.src_type(Quern.QUERN_U8).dst_type(toBytes ? Quern.QUERN_U8 : Quern.QUERN_F32);
    return new MeanKernel() {
      @Override
      public void batch(long n) {
        AvgPool2dKernel.this.batch(n);
      }

      @Override
      public void forward(Pointer src, Steps from, Pointer dst, Steps to) {
        Status.check(
            Quern.quern_avg_pool2d_bytes(
                descriptor,
                src,
                from.scale(),
                from.zero(),
                dst,
                to.scale(),
                to.zero(),
                to.low(),
                to.high()));
      }
    };
  }

  public void backward(Pointer diffDst, Pointer diffSrc) {
    Status.check(Quern.quern_avg_pool2d_backward(descriptor, diffDst, diffSrc));
  }
}
