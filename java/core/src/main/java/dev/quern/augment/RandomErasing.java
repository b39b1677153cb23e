package dev.quern.augment;

import dev.quern.internal.arguments.Require;

/**
 * Takes a rectangle out of an image, or does not. torchvision's {@code RandomErasing}.
 *
 * @param p the probability, in [0, 1]
 * @param scaleMin least part of the image's area, above 0
 * @param scaleMax greatest part, up to 1
 * @param ratioMin least height over width, above 0; drawn evenly by its logarithm
 * @param ratioMax greatest height over width
 * @param fill what stands in the rectangle then
 */
public record RandomErasing(
    double p, double scaleMin, double scaleMax, double ratioMin, double ratioMax, Fill fill)
    implements Augmentation {
  /** Fill of erased pixels. */
  public enum Fill {
    /** Black. */
    ZERO,
    /**
     * The value that is 0 after the trainer's normalization: torchvision's value 0 after its
     * Normalize.
     */
    MEAN,
    /** Normal random numbers, once normalized: torchvision's value "random". */
    RANDOM
  }

  public RandomErasing {
    Ranges.probability("random erasing", p);
    Ranges.positive("random erasing", "scale", scaleMin, scaleMax, 1);
    Ranges.positive("random erasing", "ratio", ratioMin, ratioMax, 1000);
    Require.present("random erasing", "fill", fill);
  }

  /** Scale 0.02 to 0.33, ratio 0.3 to 3.3, filled with the mean. */
  public RandomErasing(double p) {
    this(p, 0.02, 0.33, 0.3, 3.3, Fill.MEAN);
  }

  /** p 0.5. */
  public RandomErasing() {
    this(0.5);
  }
}
