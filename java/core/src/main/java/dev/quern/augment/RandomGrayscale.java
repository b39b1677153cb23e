package dev.quern.augment;

/**
 * Takes an image's colors away, or does not; it keeps its channels. torchvision's {@code
 * RandomGrayscale}.
 *
 * @param p the probability, in [0, 1]
 */
public record RandomGrayscale(double p) implements Augmentation {
  public RandomGrayscale {
    Ranges.probability("random grayscale", p);
  }

  /** p 0.1. */
  public RandomGrayscale() {
    this(0.1);
  }
}
