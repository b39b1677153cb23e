package dev.quern.augment;

/**
 * Rotates an image around its center by a random angle, with bilinear interpolation, as
 * torchvision's {@code RandomRotation}.
 *
 * @param degrees the largest rotation in degrees, in [0, 360]: the angle is drawn from [-degrees,
 *     degrees]
 * @param fill the value of pixels outside the image, in [0, 1]
 */
public record RandomRotation(double degrees, double fill) implements Augmentation {
  public RandomRotation {
    Ranges.require("random rotation", "degrees", degrees, 0, 360);
    Ranges.require("random rotation", "fill", fill, 0, 1);
  }

  /** Creates a rotation with black padding. */
  public RandomRotation(double degrees) {
    this(degrees, 0);
  }
}
