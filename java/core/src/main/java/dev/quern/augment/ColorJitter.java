package dev.quern.augment;

/**
 * Changes an image's brightness, contrast, saturation and hue, in random order, as torchvision's
 * {@code ColorJitter}. Saturation and hue do not change gray images.
 *
 * @param brightness the largest change of the brightness factor, in [0, 100]: the factor is drawn
 *     from [1 - brightness, 1 + brightness] and is at least 0
 * @param contrast the largest change of the contrast factor, in [0, 100]; the factor is drawn as
 *     for brightness
 * @param saturation the largest change of the saturation factor, in [0, 100]; the factor is drawn
 *     as for brightness
 * @param hue the largest shift of the hue, in [0, 0.5], where 1 is the whole color circle: the
 *     shift is drawn from [-hue, hue]
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
