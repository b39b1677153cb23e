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
 * Batch normalization of channels-last tensors, optionally fused with an addition and ReLU, or with
 * another activation.
 */
public final class BatchNorm2dKernel {
  private final BatchNorm2dDescriptor descriptor;
  private final long pixels;

  /**
   * Creates the kernel without ReLU.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param in the sample shape of the input, {@code [C, H, W]}
   * @param training true to normalize by the batch's statistics, false by the running statistics
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
            .relu(Quern.QUERN_NO_RELU)
            .type(Quern.QUERN_F32)
            .saved_type(Quern.QUERN_F32)
            .diff_src_type(Quern.QUERN_F32)
            .diff_dst_type(Quern.QUERN_F32)
            .activation(null);
  }

  /** Makes the backward pass read copies in bf16, which the forward pass writes. */
  public BatchNorm2dKernel savesBf16() {
    descriptor.saved_type(Quern.QUERN_BF16);
    return this;
  }

  /** Makes the backward pass write the input's gradient in bf16. Only after {@link #savesBf16}. */
  public BatchNorm2dKernel writesBf16Gradient() {
    descriptor.diff_src_type(Quern.QUERN_BF16);
    return this;
  }

  /** Makes the backward pass read the output's gradient in bf16. Also writes its own in bf16. */
  public void readsBf16Gradient() {
    descriptor.diff_src_type(Quern.QUERN_BF16).diff_dst_type(Quern.QUERN_BF16);
  }

  public BatchNorm2dKernel relu() {
    descriptor.relu(Quern.QUERN_RELU);
    return this;
  }

  public BatchNorm2dKernel relu6() {
    descriptor.relu(Quern.QUERN_RELU6);
    return this;
  }

  /**
   * Fuses an activation; not allowed with ReLU or an addition. The descriptor of {@code activation}
   * must outlive this kernel.
   */
  public BatchNorm2dKernel activation(ActivationKernel activation) {
    descriptor.activation(activation.descriptor());
    return this;
  }

  /** Sets the batch size of the next passes; the constructor's batch size is the maximum. */
  public void batch(long n) {
    descriptor.rows(n * pixels);
  }

  public long channels() {
    return descriptor.channels();
  }

  /** Returns the workspace size of a pass in bytes. */
  public long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_batch_norm2d_workspace(descriptor, bytes));
    return bytes[0];
  }

  /**
   * Runs the forward pass.
   *
   * @param sumsOrNull the sums that {@link Conv2dPostOps#sums} computed; null to compute them here
   * @param runningMean the running mean; in training, {@code runningMean} and {@code runningVar}
   *     may both be null to skip the update
   * @param addOrNull a tensor to add to the normalized tensor; null for none
   * @param saved receives the batch's statistics for the backward pass: 2 floats per channel
   * @param srcCopyOrNull receives the input rounded to bf16
   * @param dstCopyOrNull receives the output rounded to bf16
   * @param dst receives the output; may be null with both copies and without an activation
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
      Pointer srcCopyOrNull,
      Pointer dstCopyOrNull,
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
            srcCopyOrNull,
            dstCopyOrNull,
            workspace,
            bytes));
  }

  /**
   * Runs the backward pass.
   *
   * @param src the input of the forward pass, or its copy after {@link #savesBf16}; likewise {@code
   *     dstOrNull}
   * @param dstOrNull the output of the forward pass; needed only for an addition with ReLU, or for
   *     an activation whose backward pass reads its output
   * @param saved the batch's statistics from the forward pass
   * @param diffSrc receives the gradient of the input; may be null
   * @param diffAdd receives the gradient of the addend; may be null
   * @param diffWeight receives the gradient of the weight; both {@code diffWeight} and {@code
   *     diffBias} may be null
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
   * Folds normalization by the running statistics into the preceding convolution: computes a scale
   * and a shift per channel for the convolution's output, including the effect of the convolution's
   * bias.
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
