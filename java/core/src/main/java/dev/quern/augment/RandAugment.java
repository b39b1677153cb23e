package dev.quern.augment;

import dev.quern.error.InvalidArgumentException;

/**
 * Applies random operations from a set of 14 to each image, all with the same strength, as
 * torchvision's {@code RandAugment} with 31 strengths and bilinear interpolation. Cubuk et al.,
 * "RandAugment: Practical Automated Data Augmentation with a Reduced Search Space", 2020.
 *
 * @param numOps the number of operations per image, 1 to 16
 * @param magnitude the strength, 0 to 30
 */
public record RandAugment(int numOps, int magnitude) implements Augmentation {
  public RandAugment {
    if (numOps < 1 || numOps > 16) {
      throw new InvalidArgumentException("rand augment: numOps " + numOps + " is outside [1, 16]");
    }
    if (magnitude < 0 || magnitude > 30) {
      throw new InvalidArgumentException(
          "rand augment: magnitude " + magnitude + " is outside [0, 30]");
    }
  }

  /** Creates the augmentation with 2 operations of magnitude 9. */
  public RandAugment() {
    this(2, 9);
  }
}
