package dev.quern.augment;

import dev.quern.error.InvalidArgumentException;

/**
 * Blurs an image with a Gaussian filter and reflection padding, as torchvision's {@code
 * GaussianBlur}.
 *
 * @param kernelSize the size of the filter in pixels, odd; half of this size must be less than the
 *     image's height and width
 * @param sigmaMin the smallest standard deviation in pixels, at least 0.01
 * @param sigmaMax the largest standard deviation in pixels, up to 1000
 */
public record GaussianBlur(int kernelSize, double sigmaMin, double sigmaMax)
    implements Augmentation {
  public GaussianBlur {
    if (kernelSize < 1 || kernelSize % 2 == 0) {
      throw new InvalidArgumentException(
          "gaussian blur: kernel size " + kernelSize + " must be odd and at least 1");
    }
    Ranges.positive("gaussian blur", "sigma", sigmaMin, sigmaMax, 1000);
    Ranges.require("gaussian blur", "sigma", sigmaMin, 0.01, 1000);
  }

  /** Creates the augmentation with standard deviations from 0.1 to 2. */
  public GaussianBlur(int kernelSize) {
    this(kernelSize, 0.1, 2);
  }
}
