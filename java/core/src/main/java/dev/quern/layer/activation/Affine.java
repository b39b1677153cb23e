package dev.quern.layer.activation;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;

/**
 * The affine function {@code scale * x + shift}; {@code new Affine(-1, 0)} negates.
 *
 * @param scale the factor of each element
 * @param shift the constant that is added to the product
 */
public record Affine(float scale, float shift) implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Affine> TYPE =
      LayerType.of("affine", Affine.class)
          .number("scale", 1, Affine::scale)
          .number("shift", 0, Affine::shift)
          .made(v -> new Affine(v.number("scale"), v.number("shift")));

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if either argument is NaN or infinite
   */
  public Affine {
    Checks.finite("affine", "scale", scale);
    Checks.finite("affine", "shift", shift);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public float[] coefficients() {
    return new float[] {scale, shift};
  }
}
