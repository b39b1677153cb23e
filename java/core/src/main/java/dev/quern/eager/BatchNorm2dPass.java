package dev.quern.eager;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.BatchNorm2dKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.BatchNorm2d;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/** Forward and backward pass of {@link BatchNorm2d} on tensors. */
public final class BatchNorm2dPass {
  private final BatchNorm2d layer;

  BatchNorm2dPass(BatchNorm2d layer) {
    this.layer = layer;
  }

  /**
   * The results of a forward pass in training mode.
   *
   * @param output the normalized tensor, with the input's shape
   * @param runningMean the updated running mean, {@code [C]}
   * @param runningVar the updated running variance, {@code [C]}
   */
  public record Training(Tensor output, Tensor runningMean, Tensor runningVar) {}

  /**
   * Runs the forward pass in training mode. The result contains the updated running statistics; the
   * arguments are not modified.
   */
  public Training forwardTraining(
      Tensor input, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar) {
    check(input, weight, bias, runningMean, runningVar);
    Tensor mean = input.arena().tensor(runningMean.shape(), runningMean.toArray());
    Tensor var = input.arena().tensor(runningVar.shape(), runningVar.toArray());
    try (Scratch s = new Scratch(input, weight, bias, mean, var)) {
      Call call = new Call(s, input.shape(), true);
      return new Training(call.forward(input, weight, bias, mean, var), mean, var);
    }
  }

  /** Runs the forward pass in evaluation mode. */
  public Tensor forward(
      Tensor input, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar) {
    check(input, weight, bias, runningMean, runningVar);
    try (Scratch s = new Scratch(input, weight, bias, runningMean, runningVar)) {
      return new Call(s, input.shape(), false)
          .forward(input, weight, bias, runningMean, runningVar);
    }
  }

  /**
   * Returns the gradients with respect to input, weight and bias, in the input's arena.
   *
   * @param training whether the forward pass was {@link #forwardTraining}
   */
  public NormGradients backward(
      Tensor input,
      Tensor weight,
      Tensor runningMean,
      Tensor runningVar,
      Tensor gradOutput,
      boolean training) {
    check(input, weight, weight, runningMean, runningVar);
    TensorChecks.shape("batch_norm2d", "grad_output", gradOutput, input.shape());
    Tensor mean = input.arena().tensor(runningMean.shape(), runningMean.toArray());
    Tensor var = input.arena().tensor(runningVar.shape(), runningVar.toArray());
    try (Scratch s = new Scratch(input, weight, mean, var, gradOutput)) {
      Call call = new Call(s, input.shape(), training);
      call.forward(input, weight, weight, mean, var); // recomputes the statistics
      return call.backward(input, weight, gradOutput);
    }
  }

  private static void check(Tensor input, Tensor... perChannel) {
    Shape in = TensorChecks.images("batch_norm2d", "input", input);
    String[] names = {"weight", "bias", "running_mean", "running_var"};
    for (int i = 0; i < names.length; i++) {
      TensorChecks.shape("batch_norm2d", names[i], perChannel[i], Shape.of(in.dim(1)));
    }
  }

  /** The kernel and memory that the passes of one call share. */
  private final class Call {
    private final Scratch scratch;
    private final Shape in;
    private final BatchNorm2dKernel kernel;
    private final FloatPointer saved;
    private final OffHeap workspace;

    Call(Scratch scratch, Shape in, boolean training) {
      this.scratch = scratch;
      this.in = in;
      kernel =
          new BatchNorm2dKernel(
              scratch.descriptor(),
              in.dim(0),
              in.sample(),
              layer.momentum(),
              layer.eps(),
              training);
      saved = scratch.floats(2 * in.dim(1));
      workspace = scratch.block(kernel.workspaceBytes());
    }

    Tensor forward(Tensor input, Tensor weight, Tensor bias, Tensor mean, Tensor var) {
      FloatPointer dst = scratch.floats(in.elements());
      kernel.forward(
          scratch.nhwc(input),
          null,
          scratch.raw(weight),
          scratch.raw(bias),
          scratch.raw(mean),
          scratch.raw(var),
          null,
          dst,
          saved,
          null,
          null,
          workspace.pointer(0),
          workspace.bytes());
      return scratch.nchw(input.arena(), in, dst);
    }

    NormGradients backward(Tensor input, Tensor weight, Tensor gradOutput) {
      FloatPointer diff = scratch.floats(in.elements());
      Tensor gradWeight = input.arena().tensor(weight.shape());
      Tensor gradBias = input.arena().tensor(weight.shape());
      kernel.backward(
          scratch.nhwc(input),
          null,
          scratch.nhwc(gradOutput),
          scratch.raw(weight),
          scratch.raw(weight),
          saved,
          diff,
          null,
          scratch.raw(gradWeight),
          scratch.raw(gradBias),
          workspace.pointer(0),
          workspace.bytes());
      return new NormGradients(scratch.nchw(input.arena(), in, diff), gradWeight, gradBias);
    }
  }
}
