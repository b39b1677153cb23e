package dev.quern.augment;

import dev.quern.error.InvalidArgumentException;

/**
 * Takes a square out of each image, around a pixel that is drawn; part of it may be outside. What
 * stands there is what the trainer's normalization makes 0. DeVries and Taylor, "Improved
 * Regularization of Convolutional Neural Networks with Cutout", 2017.
 *
 * @param length of a side in pixels, at least 1
 */
public record Cutout(int length) implements Augmentation {
  public Cutout {
    if (length < 1) {
      throw new InvalidArgumentException("cutout: length " + length + " must be at least 1");
    }
  }
}
