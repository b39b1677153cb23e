package dev.quern.augment;

import dev.quern.error.InvalidArgumentException;

/**
 * Erases a square of each image around a random pixel; the square may extend beyond the image. The
 * erased pixels become 0 after the trainer's normalization. DeVries and Taylor, "Improved
 * Regularization of Convolutional Neural Networks with Cutout", 2017.
 *
 * @param length the side of the square in pixels, at least 1
 */
public record Cutout(int length) implements Augmentation {
  public Cutout {
    if (length < 1) {
      throw new InvalidArgumentException("cutout: length " + length + " must be at least 1");
    }
  }
}
