package dev.quern.layer.activation;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.LayerType;

/**
 * Clamps each element to {@code [min, max]}; if {@code min > max}, all elements become {@code max},
 * as in PyTorch. The derivative is 1 from {@code min} to {@code max}, bounds included, and 0
 * elsewhere.
 *
 * @param min the lower bound; {@code -Infinity} for no bound
 * @param max the upper bound; {@code Infinity} for no bound
 */
public record Clamp(float min, float max) implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Clamp> TYPE =
      LayerType.of("clamp", Clamp.class)
          .number("min", Float.NEGATIVE_INFINITY, Clamp::min)
          .number("max", Float.POSITIVE_INFINITY, Clamp::max)
          .made(v -> new Clamp(v.number("min"), v.number("max")));

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if either argument is NaN, or {@code min} is {@code Infinity},
   *     or {@code max} is {@code -Infinity}
   */
  public Clamp {
    if (!(min < Float.POSITIVE_INFINITY && max > Float.NEGATIVE_INFINITY)) {
      throw new InvalidArgumentException(
          "clamp: min "
              + min
              + " and max "
              + max
              + " must not be NaN, min must not be Infinity, and max must not be -Infinity");
    }
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public float[] coefficients() {
    return new float[] {min, max};
  }
}
