package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * Batch normalization of signals, over N and L of {@code [N, C, L]}, or of features, over N of
 * {@code [N, F]}: {@code y = (x - mean) / sqrt(var + eps) * weight + bias}. Batch and running
 * statistics work as in {@link BatchNorm2d}. As in PyTorch, a sample {@code [F]} counts as F
 * channels of length 1, not as one channel of length F.
 */
public record BatchNorm1d(float momentum, float eps) implements Layer1d {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<BatchNorm1d> TYPE =
      LayerType.of("batch_norm1d", BatchNorm1d.class)
          .number("momentum", 0.1f, BatchNorm1d::momentum)
          .number("eps", 1e-5f, BatchNorm1d::eps)
          .made(v -> new BatchNorm1d(v.number("momentum"), v.number("eps")));

  public BatchNorm1d {
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new InvalidArgumentException(
          "batch_norm1d: momentum " + momentum + " is outside [0, 1]");
    }
    Checks.eps("batch_norm1d", eps);
  }

  /** Creates the layer with PyTorch's defaults: momentum 0.1, eps 1e-5. */
  public BatchNorm1d() {
    this(0.1f, 1e-5f);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  /**
   * Converts a sample's shape to the shape of an image of height 1; features {@code [F]} become
   * {@code [F, 1, 1]}.
   *
   * @throws ShapeException if {@code signal} is neither a signal nor features
   */
  @Override
  public Shape image(Shape signal) {
    return Checks.any(type(), signal).rank() == 1
        ? Shape.of(signal.dim(0), 1, 1)
        : Layer1d.super.image(signal);
  }

  @Override
  public Shape outputShape(Shape input) {
    image(input);
    return input;
  }

  @Override
  public BatchNorm2d as2d() {
    return new BatchNorm2d(momentum, eps);
  }
}
