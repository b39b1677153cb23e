package dev.quern.augment;

/**
 * Moves the corners of an image inwards, or does not, bilinearly. torchvision's {@code
 * RandomPerspective}.
 *
 * @param distortionScale how far: 1 is to the middle; in [0, 1]
 * @param p the probability, in [0, 1]
 * @param fill what comes in from outside, in [0, 1]
 */
public record RandomPerspective(double distortionScale, double p, double fill)
    implements Augmentation {
  public RandomPerspective {
    Ranges.require("random perspective", "distortion scale", distortionScale, 0, 1);
    Ranges.probability("random perspective", p);
    Ranges.require("random perspective", "fill", fill, 0, 1);
  }

  /** p 0.5; what comes in from outside is black. */
  public RandomPerspective(double distortionScale) {
    this(distortionScale, 0.5, 0);
  }
}
