package dev.quern.augment;

/**
 * Converts an image to gray with probability {@code p}; the number of channels is unchanged. Equals
 * torchvision's {@code RandomGrayscale}.
 *
 * @param p the probability, in [0, 1]
 */
public record RandomGrayscale(double p) implements Augmentation {
  public RandomGrayscale {
    Ranges.probability("random grayscale", p);
  }

  /** Creates the augmentation with probability 0.1. */
  public RandomGrayscale() {
    this(0.1);
  }
}
