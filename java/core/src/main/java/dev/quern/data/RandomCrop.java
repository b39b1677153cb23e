package dev.quern.data;

import dev.quern.error.InvalidArgumentException;

/**
 * Moves an image by up to {@code padding} pixels up or down and left or right; what comes in from
 * outside is black. torchvision's {@code RandomCrop} to the image's own size.
 *
 * @param padding in pixels, at least 1 and less than the image's height and width
 */
public record RandomCrop(int padding) implements Augmentation {
  public RandomCrop {
    if (padding < 1) {
      throw new InvalidArgumentException("random crop: padding " + padding + " must be at least 1");
    }
  }
}
