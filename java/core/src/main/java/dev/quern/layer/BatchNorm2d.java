package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Batch normalization over N, H and W of {@code [N, C, H, W]}: {@code y = (x - mean) / sqrt(var +
 * eps) * weight + bias}. As in PyTorch, training normalizes with the batch's mean and biased
 * variance, and moves the running mean and variance by {@code momentum} toward the batch's mean and
 * unbiased variance; evaluation normalizes with the running mean and variance. Ioffe and Szegedy,
 * "Batch Normalization", 2015.
 */
public record BatchNorm2d(float momentum, float eps) implements Layer {
  /** The type of this layer: its name and its options in network files. */
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

  /** Creates the layer with PyTorch's defaults: momentum 0.1, eps 1e-5. */
  public BatchNorm2d() {
    this(0.1f, 1e-5f);
  }

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
}
