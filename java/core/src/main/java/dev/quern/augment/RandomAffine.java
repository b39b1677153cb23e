package dev.quern.augment;

/**
 * Rotates, shifts, scales and shears an image around its center, with bilinear interpolation, as
 * torchvision's {@code RandomAffine}.
 *
 * @param degrees the largest rotation in degrees, in [0, 360]: the angle is drawn from [-degrees,
 *     degrees]
 * @param translateX the largest horizontal shift, as a fraction of the width, in [0, 1]
 * @param translateY the largest vertical shift, as a fraction of the height, in [0, 1]
 * @param scaleMin the smallest scale factor, above 0
 * @param scaleMax the largest scale factor, up to 1000
 * @param shear the largest shear along x in degrees, in [0, 89]: the angle is drawn from [-shear,
 *     shear]
 * @param fill the value of pixels outside the image, in [0, 1]
 */
public record RandomAffine(
    double degrees,
    double translateX,
    double translateY,
    double scaleMin,
    double scaleMax,
    double shear,
    double fill)
    implements Augmentation {
  private static final String OP = "random affine";

  public RandomAffine {
    Ranges.require(OP, "degrees", degrees, 0, 360);
    Ranges.require(OP, "translate along x", translateX, 0, 1);
    Ranges.require(OP, "translate along y", translateY, 0, 1);
    Ranges.positive(OP, "scale", scaleMin, scaleMax, 1000);
    Ranges.require(OP, "shear", shear, 0, 89);
    Ranges.require(OP, "fill", fill, 0, 1);
  }

  /** Creates the augmentation with rotation and shift only. */
  public RandomAffine(double degrees, double translate) {
    this(degrees, translate, translate, 1, 1, 0, 0);
  }
}
