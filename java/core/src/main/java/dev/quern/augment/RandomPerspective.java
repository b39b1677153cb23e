package dev.quern.augment;

/**
 * Moves the corners of an image inwards by random amounts with probability {@code p}, with bilinear
 * interpolation, as torchvision's {@code RandomPerspective}.
 *
 * @param distortionScale the largest movement of a corner, as a fraction of half the image's size;
 *     in [0, 1]
 * @param p the probability, in [0, 1]
 * @param fill the value of pixels outside the image, in [0, 1]
 */
public record RandomPerspective(double distortionScale, double p, double fill)
    implements Augmentation {
  public RandomPerspective {
    Ranges.require("random perspective", "distortion scale", distortionScale, 0, 1);
    Ranges.probability("random perspective", p);
    Ranges.require("random perspective", "fill", fill, 0, 1);
  }

  /** Creates the augmentation with probability 0.5 and black fill. */
  public RandomPerspective(double distortionScale) {
    this(distortionScale, 0.5, 0);
  }
}
