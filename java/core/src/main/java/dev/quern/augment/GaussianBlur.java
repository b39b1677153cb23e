package dev.quern.augment;

import dev.quern.error.InvalidArgumentException;

/**
 * Blurs an image; beyond its border it is mirrored. torchvision's {@code GaussianBlur}.
 *
 * @param kernelSize in pixels, odd; its half is less than the image's height and width
 * @param sigmaMin least standard deviation in pixels, at least 0.01
 * @param sigmaMax greatest, up to 1000
 */
public record GaussianBlur(int kernelSize, double sigmaMin, double sigmaMax)
    implements Augmentation {
  public GaussianBlur {
    if (kernelSize < 1 || kernelSize % 2 == 0) {
      throw new InvalidArgumentException(
          "gaussian blur: kernel size " + kernelSize + " is not an odd number above 0");
    }
    Ranges.positive("gaussian blur", "sigma", sigmaMin, sigmaMax, 1000);
    Ranges.require("gaussian blur", "sigma", sigmaMin, 0.01, 1000);
  }

  /** Sigma 0.1 to 2. */
  public GaussianBlur(int kernelSize) {
    this(kernelSize, 0.1, 2);
  }
}
