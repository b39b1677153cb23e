package dev.quern.augment;

/**
 * Turns, shifts, scales and shears an image around its middle, bilinearly. torchvision's {@code
 * RandomAffine}.
 *
 * @param degrees the angle is drawn from [-degrees, degrees]; in [0, 360]
 * @param translateX the shift's greatest part of the width, in [0, 1]
 * @param translateY the shift's greatest part of the height, in [0, 1]
 * @param scaleMin least factor, above 0
 * @param scaleMax greatest factor, up to 1000
 * @param shear the angle along x is drawn from [-shear, shear] degrees; in [0, 89]
 * @param fill what comes in from outside, in [0, 1]
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

  /** Turns and shifts; nothing else. */
  public RandomAffine(double degrees, double translate) {
    this(degrees, translate, translate, 1, 1, 0, 0);
  }
}
