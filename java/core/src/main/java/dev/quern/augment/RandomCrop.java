package dev.quern.augment;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;

/**
 * Shifts an image by up to {@code padding} pixels vertically and horizontally: torchvision's {@code
 * RandomCrop} to the image's own size.
 *
 * @param padding the largest shift in pixels, at least 1 and less than the image's height and width
 * @param mode the values of pixels outside the image
 */
public record RandomCrop(int padding, PaddingMode mode) implements Augmentation {
  public RandomCrop {
    if (padding < 1) {
      throw new InvalidArgumentException("random crop: padding " + padding + " must be at least 1");
    }
    Require.present("random crop", "mode", mode);
  }

  /** Creates a crop with black padding. */
  public RandomCrop(int padding) {
    this(padding, PaddingMode.ZERO);
  }
}
