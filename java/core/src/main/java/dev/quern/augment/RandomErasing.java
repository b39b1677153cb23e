package dev.quern.augment;

import dev.quern.internal.arguments.Require;

/**
 * Erases a random rectangle of an image with probability {@code p}, as torchvision's {@code
 * RandomErasing}.
 *
 * @param p the probability, in [0, 1]
 * @param scaleMin the smallest area of the rectangle, as a fraction of the image's area, above 0
 * @param scaleMax the largest area, up to 1
 * @param ratioMin the smallest ratio of height to width, above 0; the logarithm of the ratio is
 *     drawn uniformly
 * @param ratioMax the largest ratio of height to width
 * @param fill the new value of the erased pixels
 */
public record RandomErasing(
    double p, double scaleMin, double scaleMax, double ratioMin, double ratioMax, Fill fill)
    implements Augmentation {
  /** The new value of erased pixels. */
  public enum Fill {
    /** The value 0, which is black. */
    ZERO,
    /**
     * The mean, which the trainer's normalization maps to 0. Equals torchvision's {@code value=0}
     * if {@code RandomErasing} follows {@code Normalize}.
     */
    MEAN,
    /** Random values that are standard normal after normalization: torchvision's value "random". */
    RANDOM
  }

  public RandomErasing {
    Ranges.probability("random erasing", p);
    Ranges.positive("random erasing", "scale", scaleMin, scaleMax, 1);
    Ranges.positive("random erasing", "ratio", ratioMin, ratioMax, 1000);
    Require.present("random erasing", "fill", fill);
  }

  /** Creates the augmentation with scale 0.02 to 0.33, ratio 0.3 to 3.3 and the mean as fill. */
  public RandomErasing(double p) {
    this(p, 0.02, 0.33, 0.3, 3.3, Fill.MEAN);
  }

  /** Creates the augmentation with probability 0.5 and torchvision's scale and ratio. */
  public RandomErasing() {
    this(0.5);
  }
}
