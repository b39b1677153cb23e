package dev.quern.kernel;

import dev.quern.bindings.GroupNormDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Group normalization of channels-last values. */
public final class GroupNormKernel {
  private final GroupNormDescriptor descriptor;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param in the sample shape, {@code [C, H, W]} or {@code [C]}
   */
  public GroupNormKernel(Pointer at, long batch, Shape in, int groups, float eps) {
    descriptor =
        new GroupNormDescriptor(at)
            .batch(batch)
            .pixels(in.elements() / in.dim(0))
            .channels(in.dim(0))
            .groups(groups)
            .eps(eps)
            .type(Quern.QUERN_F32);
  }

  /** Sets the batch of the next passes, at most the first one. */
  public void batch(long n) {
    descriptor.batch(n);
  }

  /** Returns the bytes of workspace of the backward pass. */
  public long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_group_norm_workspace(descriptor, bytes));
    return bytes[0];
  }

  /**
   * Runs the forward pass.
   *
   * @param saved receives 2 doubles per group of each sample for the backward pass
   */
  public void forward(
      Pointer src,
      FloatPointer weightOrNull,
      FloatPointer biasOrNull,
      Pointer dst,
      DoublePointer saved) {
    Status.check(
        Quern.quern_group_norm_forward(descriptor, src, weightOrNull, biasOrNull, dst, saved));
  }

  public void backward(
      Pointer src,
      Pointer diffDst,
      FloatPointer weightOrNull,
      DoublePointer saved,
      Pointer diffSrcOrNull,
      FloatPointer diffWeightOrNull,
      FloatPointer diffBiasOrNull,
      Pointer workspace,
      long bytes) {
    Status.check(
        Quern.quern_group_norm_backward(
            descriptor,
            src,
            diffDst,
            weightOrNull,
            saved,
            diffSrcOrNull,
            diffWeightOrNull,
            diffBiasOrNull,
            workspace,
            bytes));
  }
}
