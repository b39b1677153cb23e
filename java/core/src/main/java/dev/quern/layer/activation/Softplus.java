package dev.quern.layer.activation;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;

/**
 * {@code log(1 + exp(beta * x)) / beta}, and {@code x} itself where {@code beta * x} is above the
 * threshold. Dugas et al., "Incorporating Second-Order Functional Knowledge for Better Option
 * Pricing", 2000.
 *
 * @param beta 1 unless given
 * @param threshold 20 unless given
 */
public record Softplus(float beta, float threshold) implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Softplus> TYPE =
      LayerType.of("softplus", Softplus.class)
          .number("beta", 1, Softplus::beta)
          .number("threshold", 20, Softplus::threshold)
          .made(v -> new Softplus(v.number("beta"), v.number("threshold")));

  /**
   * @throws InvalidArgumentException if beta is not positive, or has no reciprocal among floats, or
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
