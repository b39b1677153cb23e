package dev.quern.layer.activation;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.LayerType;

/**
 * {@code x}, but {@code min} below that and {@code max} above that; {@code max} everywhere where
 * {@code min} is above it. The derivative is 1 from {@code min} to {@code max}, both included, and
 * 0 elsewhere.
 *
 * @param min may be {@code -Infinity}, which bounds nothing
 * @param max may be {@code Infinity}, which bounds nothing
 */
public record Clamp(float min, float max) implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Clamp> TYPE =
      LayerType.of("clamp", Clamp.class)
          .number("min", Float.NEGATIVE_INFINITY, Clamp::min)
          .number("max", Float.POSITIVE_INFINITY, Clamp::max)
          .made(v -> new Clamp(v.number("min"), v.number("max")));

  /**
   * @throws InvalidArgumentException if either is NaN, or {@code min} is {@code Infinity}, or
   *     {@code max} is {@code -Infinity}
   */
  public Clamp {
    if (!(min < Float.POSITIVE_INFINITY && max > Float.NEGATIVE_INFINITY)) {
      throw new InvalidArgumentException(
          "clamp: min " + min + " and max " + max + " are not valid bounds");
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
