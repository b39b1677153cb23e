package dev.quern.kernel;

import dev.quern.bindings.LinearDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.tensor.DType;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The kernel of a fully connected layer. */
public final class LinearKernel implements Packing {
  private final LinearDescriptor descriptor;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param pixels H * W if the input is a flattened channels-last image, else 1
   * @param backward whether to pack weights for the backward passes, too
   */
  public LinearKernel(Pointer at, long batch, long in, long out, long pixels, boolean backward) {
    descriptor =
        new LinearDescriptor(at)
            .batch(batch)
            .in_features(in)
            .out_features(out)
            .pixels(pixels)
            .inference(backward ? 0 : 1)
            .src_type(Quern.QUERN_F32)
            .weights_type(Quern.QUERN_F32)
            .dst_type(Quern.QUERN_F32);
  }

  /** Sets the type of packed weights in inference; {@link #pack} converts from floats. */
  public LinearKernel weights(DType type) {
    descriptor.weights_type(WeightsType.of(type));
    return this;
  }

  /** Sets the batch size of the next passes; the constructor's batch size is the maximum. */
  public void batch(long n) {
    descriptor.batch(n);
  }

  @Override
  public long packedSize() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_linear_packed_size(descriptor, bytes));
    return bytes[0];
  }

  @Override
  public void pack(FloatPointer weights, Pointer packed) {
    Status.check(Quern.quern_linear_pack(descriptor, weights, packed));
  }

  /** Returns the workspace size of {@link #backwardWeights} in bytes. */
  public long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_linear_workspace(descriptor, bytes));
    return bytes[0];
  }

  public void forward(Pointer src, Pointer packed, FloatPointer biasOrNull, Pointer dst) {
    Status.check(Quern.quern_linear_forward(descriptor, src, packed, biasOrNull, dst));
  }

  public void backwardData(Pointer diffDst, Pointer packed, Pointer diffSrc) {
    Status.check(Quern.quern_linear_backward_data(descriptor, diffDst, packed, diffSrc));
  }

  public void backwardWeights(
      Pointer src,
      Pointer diffDst,
      FloatPointer diffWeights,
      FloatPointer diffBiasOrNull,
      Pointer workspace,
      long bytes) {
    Status.check(
        Quern.quern_linear_backward_weights(
            descriptor, src, diffDst, diffWeights, diffBiasOrNull, workspace, bytes));
  }
}
