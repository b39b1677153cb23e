package dev.quern.augment;

/**
 * Changes an image's brightness, contrast, saturation and hue, in an order that is drawn, too.
 * torchvision's {@code ColorJitter}. Saturation and hue leave grey images as they are.
 *
 * @param brightness the factor is drawn from [1 - brightness, 1 + brightness], at least 0; in [0,
 *     100]
 * @param contrast as brightness
 * @param saturation as brightness
 * @param hue the shift is drawn from [-hue, hue] of a whole turn; in [0, 0.5]
 */
public record ColorJitter(double brightness, double contrast, double saturation, double hue)
    implements Augmentation {
  public ColorJitter {
    Ranges.require("color jitter", "brightness", brightness, 0, 100);
    Ranges.require("color jitter", "contrast", contrast, 0, 100);
    Ranges.require("color jitter", "saturation", saturation, 0, 100);
    Ranges.require("color jitter", "hue", hue, 0, 0.5);
  }
}
