package dev.quern.layer.activation;

import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * The logarithm of softmax over the classes or channels (axis 1 of {@code [N, C]} and {@code [N, C,
 * H, W]}): {@code x - log(sum(exp(x)))}, accurate even where the probability would underflow to 0.
 */
public record LogSoftmax() implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<LogSoftmax> TYPE =
      LayerType.of("log_softmax", LogSoftmax.class, LogSoftmax::new);

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.featuresOrImage("log_softmax", input);
  }
}
