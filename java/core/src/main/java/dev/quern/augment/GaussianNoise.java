package dev.quern.augment;

/**
 * Adds normal random numbers to each value of an image, which stays in [0, 1]. torchvision's {@code
 * GaussianNoise}.
 *
 * @param mean of the numbers, in [-1, 1]
 * @param sigma their standard deviation, in [0, 10]; white is 1
 */
public record GaussianNoise(double mean, double sigma) implements Augmentation {
  public GaussianNoise {
    Ranges.require("gaussian noise", "mean", mean, -1, 1);
    Ranges.require("gaussian noise", "sigma", sigma, 0, 10);
  }

  /** Mean 0. */
  public GaussianNoise(double sigma) {
    this(0, sigma);
  }
}
