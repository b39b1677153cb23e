package dev.quern.augment;

/**
 * Swaps an image's top and bottom with probability {@code p}, as torchvision's {@code
 * RandomVerticalFlip}.
 *
 * @param p the probability, in [0, 1]
 */
public record RandomVerticalFlip(double p) implements Augmentation {
  public RandomVerticalFlip {
    Ranges.probability("random vertical flip", p);
  }

  /** Creates the augmentation with probability 0.5. */
  public RandomVerticalFlip() {
    this(0.5);
  }
}
