package dev.quern.augment;

/**
 * Mixes two samples: {@code part x + (1 - part) other}, where the fraction {@code part} in (0, 1)
 * is drawn from Beta(alpha, alpha) for each batch, as in torchvision's {@code MixUp}. Zhang et al.,
 * "mixup: Beyond Empirical Risk Minimization", 2017, arXiv 1710.09412.
 *
 * @param alpha the parameter of the beta distribution, above 0. With a value below 1, {@code part}
 *     is usually close to 0 or 1; with 1, the default, {@code part} is uniform
 */
public record MixUp(double alpha) implements Mix {
  public MixUp {
    Ranges.alpha("mixup", alpha);
  }

  /**
   * Creates the augmentation with alpha 1, torchvision's default. The paper uses alpha 0.1 to 0.4
   * for ImageNet and 1 for CIFAR.
   */
  public MixUp() {
    this(1);
  }
}
