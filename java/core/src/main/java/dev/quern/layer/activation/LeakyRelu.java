package dev.quern.layer.activation;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;

/**
 * Leaky ReLU: {@code x} above 0 and {@code negativeSlope * x} elsewhere; the derivative at 0 is
 * {@code negativeSlope}. Maas et al., "Rectifier Nonlinearities Improve Neural Network Acoustic
 * Models", 2013.
 *
 * @param negativeSlope the slope below 0, by default 0.01
 */
public record LeakyRelu(float negativeSlope) implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<LeakyRelu> TYPE =
      LayerType.of("leaky_relu", LeakyRelu.class)
          .number("negative_slope", 0.01f, LeakyRelu::negativeSlope)
          .made(v -> new LeakyRelu(v.number("negative_slope")))
          .onnx("LeakyRelu", "alpha");

  /**
   * Checks the argument.
   *
   * @throws InvalidArgumentException if the slope is NaN or infinite
   */
  public LeakyRelu {
    Checks.finite("leaky_relu", "negative_slope", negativeSlope);
  }

  public LeakyRelu() {
    this(0.01f);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public float[] coefficients() {
    return new float[] {negativeSlope};
  }
}
