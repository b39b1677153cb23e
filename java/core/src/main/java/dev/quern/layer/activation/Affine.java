package dev.quern.layer.activation;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.internal.Checks;

/**
 * {@code scale * x + shift}: {@code new Affine(-1, 0)} negates.
 *
 * @param scale what multiplies each element
 * @param shift what is added then
 */
public record Affine(float scale, float shift) implements Activation {
  /**
   * @throws InvalidArgumentException if either is NaN or infinite
   */
  public Affine {
    Checks.finite("affine", "scale", scale);
    Checks.finite("affine", "shift", shift);
  }

  @Override
  public String type() {
    return "affine";
  }

  @Override
  public float[] coefficients() {
    return new float[] {scale, shift};
  }
}
