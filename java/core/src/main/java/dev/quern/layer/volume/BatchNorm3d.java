package dev.quern.layer.volume;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Buffer;
import dev.quern.layer.LayerType;
import dev.quern.layer.Parameter;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Batch normalization of volumes, over N, D, H and W of {@code [N, C, D, H, W]}: {@code y = (x -
 * mean) / sqrt(var + eps) * weight + bias}. Batch and running statistics work as in {@link
 * BatchNorm2d}.
 */
public record BatchNorm3d(float momentum, float eps) implements Layer3d {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<BatchNorm3d> TYPE =
      LayerType.of("batch_norm3d", BatchNorm3d.class)
          .number("momentum", 0.1f, BatchNorm3d::momentum)
          .number("eps", 1e-5f, BatchNorm3d::eps)
          .made(v -> new BatchNorm3d(v.number("momentum"), v.number("eps")));

  public BatchNorm3d {
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new InvalidArgumentException(
          "batch_norm3d: momentum " + momentum + " is outside [0, 1]");
    }
    Checks.eps("batch_norm3d", eps);
  }

  /** Creates the layer with PyTorch's defaults: momentum 0.1, eps 1e-5. */
  public BatchNorm3d() {
    this(0.1f, 1e-5f);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  /** Returns the equivalent layer for the image of all slices, {@link #image}. */
  public BatchNorm2d as2d() {
    return new BatchNorm2d(momentum, eps);
  }

  @Override
  public Shape outputShape(Shape input) {
    VolumeChecks.volume("batch_norm3d", input);
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
