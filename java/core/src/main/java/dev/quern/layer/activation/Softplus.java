package dev.quern.layer.activation;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;

/**
 * Softplus: {@code log(1 + exp(beta * x)) / beta}, and {@code x} itself if {@code beta * x} is
 * above the threshold. Dugas et al., "Incorporating Second-Order Functional Knowledge for Better
 * Option Pricing", 2000.
 *
 * @param beta the scale, by default 1
 * @param threshold the value of {@code beta * x} above which the function is linear, by default 20
 */
public record Softplus(float beta, float threshold) implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Softplus> TYPE =
      LayerType.of("softplus", Softplus.class)
          .number("beta", 1, Softplus::beta)
          .number("threshold", 20, Softplus::threshold)
          .made(v -> new Softplus(v.number("beta"), v.number("threshold")));

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if beta is not positive, its reciprocal overflows float, or
   *     the threshold is NaN or infinite
   */
  public Softplus {
    Checks.divisor("softplus", "beta", beta);
    Checks.finite("softplus", "threshold", threshold);
  }

  public Softplus() {
    this(1, 20);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public float[] coefficients() {
    return new float[] {beta, threshold};
  }
}
