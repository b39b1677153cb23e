package dev.quern.layer;

import dev.quern.Shape;
import dev.quern.Tensor;
import dev.quern.bindings.Quern;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Scratch;
import dev.quern.internal.Status;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Batch normalisation over N, H and W of {@code [N, C, H, W]}: {@code y = (x - mean) / sqrt(var + eps) * weight + bias}.
 * In training, mean and (biased) variance are the batch's, and the running ones move by {@code momentum} towards the
 * batch's mean and unbiased variance, as in PyTorch; in evaluation the running ones are used. Ioffe and Szegedy, "Batch
 * Normalization", 2015.
 */
public record BatchNorm2d(float momentum, float eps) implements Layer {
  public BatchNorm2d {
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new InvalidArgumentException("batch_norm2d: momentum " + momentum + " is outside [0, 1]");
    }
    if (!(eps >= 0) || Float.isInfinite(eps)) {
      throw new InvalidArgumentException("batch_norm2d: eps " + eps + " is not a number of at least 0");
    }
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
    return "batch_norm2d";
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("batch_norm2d", input);
    return input;
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    Shape c = Shape.of(input.dim(0));
    return List.of(new Parameter("weight", c, 1), new Parameter("bias", c, 1));
  }

  @Override
  public List<Buffer> buffers(Shape input) {
    Shape c = Shape.of(input.dim(0));
    return List.of(new Buffer("running_mean", c, 0), new Buffer("running_var", c, 1));
  }

  /** The native operator's pass in training; the running statistics given are not changed but returned moved. */
  public Training forwardTraining(
      Tensor input, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar) {
    Shape in = check(input, weight, bias, runningMean, runningVar);
    try (Scratch s = new Scratch(input, weight, bias, runningMean, runningVar)) {
      FloatPointer dst = s.floats(in.elements());
      FloatPointer saved = s.floats(2 * in.dim(1));
      Tensor mean = input.arena().tensor(runningMean.shape(), runningMean.toArray());
      Tensor var = input.arena().tensor(runningVar.shape(), runningVar.toArray());
      Status.check(
          Quern.quern_batch_norm2d_forward_training(
              rows(in), in.dim(1), momentum, eps, s.nhwc(input), s.raw(weight), s.raw(bias), s.raw(mean), s.raw(var),
              dst, saved, workspace(s, in)));
      return new Training(s.nchw(input.arena(), in, dst), mean, var);
    }
  }

  /** The native operator's pass in evaluation. */
  public Tensor forward(Tensor input, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar) {
    Shape in = check(input, weight, bias, runningMean, runningVar);
    try (Scratch s = new Scratch(input, weight, bias, runningMean, runningVar)) {
      FloatPointer dst = s.floats(in.elements());
      Status.check(
          Quern.quern_batch_norm2d_forward(
              rows(in), in.dim(1), eps, s.nhwc(input), s.raw(weight), s.raw(bias), s.raw(runningMean),
              s.raw(runningVar), dst));
      return s.nchw(input.arena(), in, dst);
    }
  }

  /** The gradients of a training pass, whose batch statistics are taken again. */
  public Backward backwardTraining(Tensor input, Tensor weight, Tensor gradOutput) {
    Shape in = Checks.images("batch_norm2d", "input", input);
    try (Arena1 unused = null) {
      return null;
    }
  }
}
