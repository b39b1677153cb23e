package dev.quern.augment;

/**
 * Crops a random rectangle and resizes it to the image's size, with bilinear interpolation.
 * torchvision's {@code RandomResizedCrop} to the image's own size, without antialiasing.
 *
 * @param scaleMin least part of the image's area, above 0
 * @param scaleMax greatest part, up to 1
 * @param ratioMin least width over height, above 0; drawn evenly by its logarithm
 * @param ratioMax greatest width over height
 */
public record RandomResizedCrop(double scaleMin, double scaleMax, double ratioMin, double ratioMax)
    implements Augmentation {
  public RandomResizedCrop {
    Ranges.positive("random resized crop", "scale", scaleMin, scaleMax, 1);
    Ranges.positive("random resized crop", "ratio", ratioMin, ratioMax, 1000);
  }

  /** Ratio 3/4 to 4/3. */
  public RandomResizedCrop(double scaleMin, double scaleMax) {
    this(scaleMin, scaleMax, 3 / 4.0, 4 / 3.0);
  }

  /** Scale 0.08 to 1, ratio 3/4 to 4/3. */
  public RandomResizedCrop() {
    this(0.08, 1);
  }
}
