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
 * Batch normalization of channels-last values, and in the same pass a sum and ReLU, or an
 * activation.
 */
public final class BatchNorm2dKernel {
  private final BatchNorm2dDescriptor descriptor;
  private final long pixels;

  /**
   * Without ReLU.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param in one sample's shape, {@code [C, H, W]}
   * @param training whether the statistics are the batch's
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

  /** Ends with this, where there is neither ReLU nor a sum; the other kernel must live as long. */
  public BatchNorm2dKernel activation(ActivationKernel activation) {
    descriptor.activation(activation.descriptor());
    return this;
  }

  /** Sets the batch of the next passes, at most the first one. */
  public void batch(long n) {
    descriptor.rows(n * pixels);
  }

  public long channels() {
    return descriptor.channels();
  }

  /** Bytes that each pass can do with. */
  public long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_batch_norm2d_workspace(descriptor, bytes));
    return bytes[0];
  }

  /**
   * @param sumsOrNull what {@link Conv2dPostOps#sums} left
   * @param runningMean null, as the other, where the running statistics stay
   * @param addOrNull added to what is normalized
   * @param saved room for 2 floats a channel, for the backward pass
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
   * @param dstOrNull the output where there was a sum with ReLU, or an activation that reads it
   * @param saved what the forward pass left
   * @param diffSrc null where nobody wants it
   * @param diffAdd null where there was no sum, or nobody wants it
   * @param diffWeight null, as the other may be, where nobody wants it
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

  /** By the running statistics and a convolution's bias, what the convolution's sums take. */
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
