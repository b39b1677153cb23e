package dev.quern.image;

import dev.quern.data.Image;
import dev.quern.detect.Detection;
import dev.quern.error.InvalidArgumentException;
import dev.quern.image.decode.Pixels;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Conversion of {@link Image} from and to java.awt's images. Thread-safe. */
public final class Images {
  private Images() {}

  /**
   * Converts an image: to gray if its colors, or those of its palette, are gray, otherwise to RGB.
   * Values of more than 8 bits are rounded to 8. Transparent pixels are blended with black. Samples
   * are used unchanged: no profile and no gamma is applied, as in PIL and torchvision. Color spaces
   * other than gray and RGB are converted to sRGB.
   *
   * <p>The pixels are those of {@code Image.read} of the same file, unless {@code ImageIO} itself
   * returns others: it does not apply the EXIF orientation, applies a JPEG's profile, and hardly
   * supports CMYK.
   *
   * @throws InvalidArgumentException if the image throws, or has more pixels than a Java array can
   *     contain
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small for the pixels
   */
  public static Image of(BufferedImage image) {
    if (image == null) {
      throw new InvalidArgumentException("image: image is null");
    }
    return Pixels.of(image);
  }

  /**
   * Returns an image of type {@code TYPE_BYTE_GRAY} or {@code TYPE_3BYTE_BGR} with equal samples.
   */
  public static BufferedImage toBufferedImage(Image image) {
    if (image == null) {
      throw new InvalidArgumentException("image: image is null");
    }
    return Pixels.toBufferedImage(image);
  }

  /**
   * Returns an RGB image with the boxes of detections drawn, in a color per class, with the highest
   * score on top.
   *
   * @param found detections in pixels of this image
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small for the pixels
   */
  public static Image draw(Image image, List<Detection> found) {
    if (image == null) {
      throw new InvalidArgumentException("image: image is null");
    }
    List<Detection> own = found == null ? null : new ArrayList<>(found);
    if (own == null || own.stream().anyMatch(Objects::isNull)) {
      throw new InvalidArgumentException("image: detections are null, or have a null");
    }
    return Drawing.of(image, List.copyOf(own));
  }
}
