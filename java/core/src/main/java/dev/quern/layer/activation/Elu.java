package dev.quern.layer.activation;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;

/**
 * ELU: {@code x} above 0 and {@code alpha * (exp(x) - 1)} elsewhere; the derivative at 0 is alpha.
 * Clevert et al., "Fast and Accurate Deep Network Learning by Exponential Linear Units", 2015.
 *
 * @param alpha the scale below 0, by default 1
 */
public record Elu(float alpha) implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Elu> TYPE =
      LayerType.of("elu", Elu.class)
          .number("alpha", 1, Elu::alpha)
          .made(v -> new Elu(v.number("alpha")))
          .onnx("Elu", "alpha");

  /**
   * Checks the argument.
   *
   * @throws InvalidArgumentException if alpha is NaN or infinite
   */
  public Elu {
    Checks.finite("elu", "alpha", alpha);
  }

  public Elu() {
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
