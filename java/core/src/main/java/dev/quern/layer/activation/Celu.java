package dev.quern.layer.activation;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;

/**
 * CELU: {@code x} above 0 and {@code alpha * (exp(x / alpha) - 1)} elsewhere; the derivative at 0
 * is 1. Barron, "Continuously Differentiable Exponential Linear Units", 2017.
 *
 * @param alpha the scale, by default 1
 */
public record Celu(float alpha) implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Celu> TYPE =
      LayerType.of("celu", Celu.class)
          .number("alpha", 1, Celu::alpha)
          .made(v -> new Celu(v.number("alpha")))
          .onnx("Celu", "alpha");

  /**
   * Checks the argument.
   *
   * @throws InvalidArgumentException if alpha is not positive, or its reciprocal overflows float
   */
  public Celu {
    Checks.divisor("celu", "alpha", alpha);
  }

  public Celu() {
    this(1);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public float[] coefficients() {
    return new float[] {alpha};
  }
}
