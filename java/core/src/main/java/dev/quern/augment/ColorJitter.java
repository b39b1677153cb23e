package dev.quern.augment;

/**
 * Changes an image's brightness, contrast, saturation and hue, in random order, as torchvision's
 * {@code ColorJitter}. Saturation and hue do not change gray images.
 *
 * @param brightness the factor is drawn from [1 - brightness, 1 + brightness], at least 0; in [0,
 *     100]
 * @param contrast the range of the contrast factor, as for brightness
 * @param saturation the range of the saturation factor, as for brightness
 * @param hue the shift is drawn from [-hue, hue], where 1 is the whole color circle; in [0, 0.5]
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
