package dev.quern.augment;

/**
 * Adds two samples: {@code part x + (1 - part) other}, with one part in (0, 1) for a batch, drawn
 * from Beta(alpha, alpha). torchvision's {@code MixUp}. Zhang et al., "mixup: Beyond Empirical Risk
 * Minimization", 2017, arXiv 1710.09412.
 *
 * @param alpha above 0; below 1 most batches are mixed little, 1 draws every part alike; default 1
 */
public record MixUp(double alpha) implements Mix {
  public MixUp {
    Ranges.alpha("mixup", alpha);
  }

  /** alpha 1, as torchvision's. The paper has 0.1 to 0.4 for ImageNet, and 1 for CIFAR. */
  public MixUp() {
    this(1);
  }
}
