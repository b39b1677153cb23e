package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.BatchNorm2dKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Batch normalisation over N, H and W of {@code [N, C, H, W]}: {@code y = (x - mean) / sqrt(var +
 * eps) * weight + bias}. In training, mean and (biased) variance are the batch's, and the running
 * ones move by {@code momentum} towards the batch's mean and unbiased variance, as in PyTorch; in
 * evaluation the running ones are used. Ioffe and Szegedy, "Batch Normalization", 2015.
 */
public record BatchNorm2d(float momentum, float eps) implements Layer {
  /** Its name and its options. */
  public static final LayerType<BatchNorm2d> TYPE =
      LayerType.of("batch_norm2d", BatchNorm2d.class)
          .number("momentum", 0.1f, BatchNorm2d::momentum)
          .number("eps", 1e-5f, BatchNorm2d::eps)
          .made(v -> new BatchNorm2d(v.number("momentum"), v.number("eps")));

  public BatchNorm2d {
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new InvalidArgumentException(
          "batch_norm2d: momentum " + momentum + " is outside [0, 1]");
    }
    Checks.eps("batch_norm2d", eps);
  }

  /** PyTorch's defaults: momentum 0.1, eps 1e-5. */
  public BatchNorm2d() {
    this(0.1f, 1e-5f);
  }

  /**
   * What a training pass returns.
   *
   * @param output of the input's shape
   * @param runningMean the moved running mean, {@code [C]}
   * @param runningVar the moved running variance, {@code [C]}
   */
  public record Training(Tensor output, Tensor runningMean, Tensor runningVar) {}

  /** Gradients of a backward pass: of input, weight and bias. */
  public record Backward(Tensor input, Tensor weight, Tensor bias) {}

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("batch_norm2d", input);
    return input;
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    Shape c = Shape.of(outputShape(input).dim(0));
    return List.of(new Parameter("weight", c, 0, 1), new Parameter("bias", c, 0, 0));
  }

  @Override
  public List<Buffer> buffers(Shape input) {
    Shape c = Shape.of(outputShape(input).dim(0));
    return List.of(new Buffer("running_mean", c, 0), new Buffer("running_var", c, 1));
  }

  /**
   * The native operator's pass in training; the running statistics given stay, moved ones are
   * returned.
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

  /** The native operator's pass in evaluation. */
  public Tensor forward(
      Tensor input, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar) {
    check(input, weight, bias, runningMean, runningVar);
    try (Scratch s = new Scratch(input, weight, bias, runningMean, runningVar)) {
      return new Call(s, input.shape(), false)
          .forward(input, weight, bias, runningMean, runningVar);
    }
  }

  /**
   * The gradients; in the input's arena.
   *
   * @param training whether the forward pass was one of training
   */
  public Backward backward(
      Tensor input,
      Tensor weight,
      Tensor runningMean,
      Tensor runningVar,
      Tensor gradOutput,
      boolean training) {
    check(input, weight, weight, runningMean, runningVar);
    Checks.shape("batch_norm2d", "grad_output", gradOutput, input.shape());
    Tensor mean = input.arena().tensor(runningMean.shape(), runningMean.toArray());
    Tensor var = input.arena().tensor(runningVar.shape(), runningVar.toArray());
    try (Scratch s = new Scratch(input, weight, mean, var, gradOutput)) {
      Call call = new Call(s, input.shape(), training);
      call.forward(input, weight, weight, mean, var); // takes the statistics again
      return call.backward(input, weight, gradOutput);
    }
  }

  private static void check(Tensor input, Tensor... perChannel) {
    Shape in = Checks.images("batch_norm2d", "input", input);
    String[] names = {"weight", "bias", "running_mean", "running_var"};
    for (int i = 0; i < names.length; i++) {
      Checks.shape("batch_norm2d", names[i], perChannel[i], Shape.of(in.dim(1)));
    }
  }

  /** What the passes of one call share. */
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
              scratch.descriptor(), in.dim(0), in.sample(), momentum, eps, training);
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
          workspace.pointer(0),
          workspace.bytes());
      return scratch.nchw(input.arena(), in, dst);
    }

    Backward backward(Tensor input, Tensor weight, Tensor gradOutput) {
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
      return new Backward(scratch.nchw(input.arena(), in, diff), gradWeight, gradBias);
    }
  }
}
