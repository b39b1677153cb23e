package dev.quern.augment;

/**
 * Adds normally distributed noise to each value of an image and clips the result to [0, 1], as
 * torchvision's {@code GaussianNoise}.
 *
 * @param mean the mean of the noise, in [-1, 1]
 * @param sigma the standard deviation of the noise, in [0, 10]; white has the value 1
 */
public record GaussianNoise(double mean, double sigma) implements Augmentation {
  public GaussianNoise {
    Ranges.require("gaussian noise", "mean", mean, -1, 1);
    Ranges.require("gaussian noise", "sigma", sigma, 0, 10);
  }

  /** Creates the augmentation with mean 0. */
  public GaussianNoise(double sigma) {
    this(0, sigma);
  }
}
