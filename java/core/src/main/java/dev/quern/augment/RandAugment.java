package dev.quern.augment;

import dev.quern.error.InvalidArgumentException;

/**
 * Changes each image by some of 14 operations, all of one strength. torchvision's {@code
 * RandAugment} with 31 strengths, bilinear. Cubuk et al., "RandAugment: Practical Automated Data
 * Augmentation with a Reduced Search Space", 2020.
 *
 * @param numOps how many, 1 to 16
 * @param magnitude the strength, 0 to 30
 */
public record RandAugment(int numOps, int magnitude) implements Augmentation {
  public RandAugment {
    if (numOps < 1 || numOps > 16) {
      throw new InvalidArgumentException(
          "rand augment: " + numOps + " operations are outside [1, 16]");
    }
    if (magnitude < 0 || magnitude > 30) {
      throw new InvalidArgumentException(
          "rand augment: magnitude " + magnitude + " is outside [0, 30]");
    }
  }

  /** 2 operations of magnitude 9. */
  public RandAugment() {
    this(2, 9);
  }
}
