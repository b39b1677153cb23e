package dev.quern.augment;

/**
 * Puts a rectangle of another image into each image, at the same place: one rectangle for a batch.
 * Its middle is any pixel, and its area the part 1 - lambda of the image's, lambda being drawn from
 * Beta(alpha, alpha); what is outside the image falls away. Targets are mixed by the area that is
 * left. torchvision's {@code CutMix}. Yun et al., "CutMix: Regularization Strategy to Train Strong
 * Classifiers with Localizable Features", 2019, arXiv 1905.04899.
 *
 * @param alpha above 0; default 1
 */
public record CutMix(double alpha) implements Mix {
  public CutMix {
    Ranges.alpha("cutmix", alpha);
  }

  /** alpha 1, as torchvision's and the paper's. */
  public CutMix() {
    this(1);
  }
}
