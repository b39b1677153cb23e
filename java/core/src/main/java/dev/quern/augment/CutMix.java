package dev.quern.augment;

/**
 * Pastes a rectangle of another image into each image, at the rectangle's position in the other
 * image. All images of a batch have the same rectangle. The rectangle's center is a uniformly drawn
 * pixel, and the rectangle's area is the fraction 1 - lambda of the image's area, with lambda drawn
 * from Beta(alpha, alpha). The rectangle is clipped at the image's border. Targets are mixed in
 * proportion to the areas. Equals torchvision's {@code CutMix}. Yun et al., "CutMix: Regularization
 * Strategy to Train Strong Classifiers with Localizable Features", 2019, arXiv 1905.04899.
 *
 * @param alpha the parameter of the beta distribution, above 0; default 1
 */
public record CutMix(double alpha) implements Mix {
  public CutMix {
    Ranges.alpha("cutmix", alpha);
  }

  /** Creates the augmentation with alpha 1, as in torchvision and the paper. */
  public CutMix() {
    this(1);
  }
}
