package dev.quern.augment;

import dev.quern.error.InvalidArgumentException;

/**
 * Swaps an image's left and right with probability {@code p}, as torchvision's {@code
 * RandomHorizontalFlip}.
 *
 * @param p the probability, in [0, 1]
 */
public record RandomHorizontalFlip(double p) implements Augmentation {
  public RandomHorizontalFlip {
    if (!(p >= 0 && p <= 1)) {
      throw new InvalidArgumentException("random horizontal flip: p " + p + " is outside [0, 1]");
    }
  }

  /** Creates the augmentation with probability 0.5. */
  public RandomHorizontalFlip() {
    this(0.5);
  }
}
