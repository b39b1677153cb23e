package dev.quern.layer.activation;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;

/**
 * The power {@code x^exponent} with a constant exponent, as C's {@code pow}: NaN if {@code x} is
 * negative and the exponent is not an integer, and 1 if the exponent is 0. An exponent of 0.5
 * yields the square root.
 *
 * @param exponent the exponent of all elements
 */
public record Power(float exponent) implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Power> TYPE =
      LayerType.of("power", Power.class)
          .number("exponent", Power::exponent)
          .made(v -> new Power(v.number("exponent")));

  /**
   * Checks the argument.
   *
   * @throws InvalidArgumentException if the exponent is NaN or infinite
   */
  public Power {
    Checks.finite("power", "exponent", exponent);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public float[] coefficients() {
    return new float[] {exponent};
  }
}
