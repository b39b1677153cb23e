package dev.quern.augment;

/**
 * Crops a random rectangle and resizes it to the image's size with bilinear interpolation:
 * torchvision's {@code RandomResizedCrop} to the image's own size, without antialiasing.
 *
 * @param scaleMin the smallest area of the rectangle, as a fraction of the image's area, above 0
 * @param scaleMax the largest area, up to 1
 * @param ratioMin the smallest ratio of width to height, above 0; the logarithm of the ratio is
 *     drawn uniformly
 * @param ratioMax the largest ratio of width to height
 */
public record RandomResizedCrop(double scaleMin, double scaleMax, double ratioMin, double ratioMax)
    implements Augmentation {
  public RandomResizedCrop {
    Ranges.positive("random resized crop", "scale", scaleMin, scaleMax, 1);
    Ranges.positive("random resized crop", "ratio", ratioMin, ratioMax, 1000);
  }

  /** Creates the augmentation with ratios from 3/4 to 4/3. */
  public RandomResizedCrop(double scaleMin, double scaleMax) {
    this(scaleMin, scaleMax, 3 / 4.0, 4 / 3.0);
  }

  /** Creates the augmentation with areas from 0.08 to 1 and ratios from 3/4 to 4/3. */
  public RandomResizedCrop() {
    this(0.08, 1);
  }
}
