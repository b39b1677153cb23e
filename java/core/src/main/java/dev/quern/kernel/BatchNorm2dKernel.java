package dev.quern.kernel;

import dev.quern.bindings.BatchNorm2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.kernel.conv.Conv2dPostOps;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Batch normalization of channels-last values, optionally fused with a sum and ReLU, or with an
 * activation.
 */
public final class BatchNorm2dKernel {
  private final BatchNorm2dDescriptor descriptor;
  private final long pixels;

  /**
   * Creates the kernel without ReLU.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param in the sample shape, {@code [C, H, W]}
   * @param training whether the batch's statistics normalize
   */
  public BatchNorm2dKernel(
      Pointer at, long batch, Shape in, float momentum, float eps, boolean training) {
    pixels = in.dim(1) * in.dim(2);
    descriptor =
        new BatchNorm2dDescriptor(at)
            .rows(batch * pixels)
            .channels(in.dim(0))
            .momentum(momentum)
            .eps(eps)
            .training(training ? 1 : 0)
            .relu(0)
            .type(Quern.QUERN_F32)
            .activation(null);
  }

  public BatchNorm2dKernel relu(boolean relu) {
    descriptor.relu(relu ? 1 : 0);
    return this;
  }

  /**
   * Fuses an activation, if there is neither ReLU nor a sum; the activation's kernel must not be
   * freed before this one.
   */
  public BatchNorm2dKernel activation(ActivationKernel activation) {
    descriptor.activation(activation.descriptor());
    return this;
  }

  /** Sets the batch size of the next passes, at most the initial one. */
  public void batch(long n) {
    descriptor.rows(n * pixels);
  }

  public long channels() {
    return descriptor.channels();
  }

  /** Returns the bytes of workspace of a pass. */
  public long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_batch_norm2d_workspace(descriptor, bytes));
    return bytes[0];
  }

  /**
   * Runs the forward pass.
   *
   * @param sumsOrNull the result of {@link Conv2dPostOps#sums}; null to compute the sums
   * @param runningMean the running mean; null, as is the variance, if running statistics are not
   *     updated
   * @param addOrNull the value that is added to the normalized one; null for none
   * @param saved receives 2 floats per channel for the backward pass
   */
  public void forward(
      Pointer src,
      DoublePointer sumsOrNull,
      FloatPointer weight,
      FloatPointer bias,
      FloatPointer runningMean,
      FloatPointer runningVar,
      Pointer addOrNull,
      Pointer dst,
      FloatPointer saved,
      Pointer workspace,
      long bytes) {
    Status.check(
        Quern.quern_batch_norm2d_forward(
            descriptor,
            src,
            sumsOrNull,
            weight,
            bias,
            runningMean,
            runningVar,
            addOrNull,
            dst,
            saved,
            workspace,
            bytes));
  }

  /**
   * Runs the backward pass.
   *
   * @param dstOrNull the output, if there was a sum with ReLU or an activation that reads it
   * @param saved the result of the forward pass
   * @param diffSrc null if not needed
   * @param diffAdd null if there was no sum, or if not needed
   * @param diffWeight null if not needed, as may be diffBias
   */
  public void backward(
      Pointer src,
      Pointer dstOrNull,
      Pointer diffDst,
      FloatPointer weight,
      FloatPointer bias,
      FloatPointer saved,
      Pointer diffSrc,
      Pointer diffAdd,
      FloatPointer diffWeight,
      FloatPointer diffBias,
      Pointer workspace,
      long bytes) {
    Status.check(
        Quern.quern_batch_norm2d_backward(
            descriptor,
            src,
            dstOrNull,
            diffDst,
            weight,
            bias,
            saved,
            diffSrc,
            diffAdd,
            diffWeight,
            diffBias,
            workspace,
            bytes));
  }

  /**
   * Computes a factor and an addend for a convolution's sums from the running statistics and the
   * convolution's bias.
   */
  public void fold(
      FloatPointer weight,
      FloatPointer bias,
      FloatPointer runningMean,
      FloatPointer runningVar,
      FloatPointer convBiasOrNull,
      FloatPointer scale,
      FloatPointer shift) {
    Status.check(
        Quern.quern_batch_norm2d_fold(
            descriptor, weight, bias, runningMean, runningVar, convBiasOrNull, scale, shift));
  }
}
