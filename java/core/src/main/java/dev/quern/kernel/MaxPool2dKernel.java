package dev.quern.kernel;

import dev.quern.bindings.Pool2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Max pooling of channels-last tensors. */
public final class MaxPool2dKernel implements MaximaKernel {
  private final Pool2dDescriptor descriptor;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param in the sample shape of the input, {@code [C, H, W]}
   */
  public MaxPool2dKernel(Pointer at, long batch, Shape in, Window window, boolean ceilMode) {
    descriptor = Pool2d.descriptor(at, batch, in, window, ceilMode, false);
  }

  /** Switches the kernel to int8, for forward passes without indices. */
  public void bytes() {
    descriptor.src_type(Quern.QUERN_U8).dst_type(Quern.QUERN_U8);
  }

  /** Switches the kernel to bf16, for forward passes without indices. */
  public void bf16() {
    descriptor.src_type(Quern.QUERN_BF16).dst_type(Quern.QUERN_BF16);
  }

  @Override
  public void batch(long n) {
    descriptor.batch(n);
  }

  @Override
  public void forward(Pointer src, Pointer dst, IntPointer indicesOrNull) {
    Status.check(Quern.quern_max_pool2d_forward(descriptor, src, dst, indicesOrNull));
  }

  @Override
  public void backward(Pointer diffDst, IntPointer indices, Pointer diffSrc) {
    Status.check(Quern.quern_max_pool2d_backward(descriptor, diffDst, indices, diffSrc));
  }
}
