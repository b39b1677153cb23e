package dev.quern.kernel;

import dev.quern.bindings.GroupNormDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Group normalization of channels-last tensors. */
public final class GroupNormKernel {
  private final GroupNormDescriptor descriptor;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param in the sample shape of the input, {@code [C, H, W]} or {@code [C]}
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

  /** Sets the batch size of the next passes; the constructor's batch size is the maximum. */
  public void batch(long n) {
    descriptor.batch(n);
  }

  /** Returns the workspace size of the backward pass in bytes. */
  public long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_group_norm_workspace(descriptor, bytes));
    return bytes[0];
  }

  /**
   * Runs the forward pass.
   *
   * @param saved receives the statistics for the backward pass: 2 doubles per sample and group
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
