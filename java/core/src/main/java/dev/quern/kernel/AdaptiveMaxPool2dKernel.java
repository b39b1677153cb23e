package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.bindings.Resize2dDescriptor;
import dev.quern.internal.Status;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Adaptive max pooling of channels-last tensors. */
public final class AdaptiveMaxPool2dKernel implements MaximaKernel {
  private final Resize2dDescriptor descriptor;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param in the sample shape of the input, {@code [C, H, W]}
   * @param out the sample shape of the output
   */
  public AdaptiveMaxPool2dKernel(Pointer at, long batch, Shape in, Shape out) {
    descriptor = Resize2dKernel.descriptor(at, batch, in, out);
  }

  @Override
  public void batch(long n) {
    descriptor.batch(n);
  }

  @Override
  public void forward(Pointer src, Pointer dst, IntPointer indicesOrNull) {
    Status.check(Quern.quern_adaptive_max_pool2d_forward(descriptor, src, dst, indicesOrNull));
  }

  @Override
  public void backward(Pointer diffDst, IntPointer indices, Pointer diffSrc) {
    Status.check(Quern.quern_adaptive_max_pool2d_backward(descriptor, diffDst, indices, diffSrc));
  }
}
