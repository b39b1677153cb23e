package dev.quern.image;

import dev.quern.data.Image;
import dev.quern.detect.Detection;
import dev.quern.error.InvalidArgumentException;
import dev.quern.image.decode.Pixels;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** {@link Image} from and to java.awt's images. Safe for threads. */
public final class Images {
  private Images() {}

  /**
   * A picture's pixels: grey where its colours, or those of its palette, are, otherwise red, green
   * and blue. Those of more than 8 bits are rounded to 8. Transparent ones lie upon black. Samples
   * are taken as they are: no profile and no gamma is applied, as in PIL and torchvision. Those of
   * a colour space that is neither grey nor RGB become sRGB.
   *
   * <p>The pixels are those of {@code Image.read} of the same file, but where {@code ImageIO}
   * itself gives others: it leaves a photo as the camera was held, applies a JPEG's profile, and
   * knows little of CMYK.
   *
   * @throws InvalidArgumentException if the image fails, or has more pixels than an array holds
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap has no room for the pixels
   */
  public static Image of(BufferedImage image) {
    if (image == null) {
      throw new InvalidArgumentException("image: image is null");
    }
    return Pixels.of(image);
  }

  /** An image of type {@code TYPE_BYTE_GRAY} or {@code TYPE_3BYTE_BGR} with the same samples. */
  public static BufferedImage toBufferedImage(Image image) {
    if (image == null) {
      throw new InvalidArgumentException("image: image is null");
    }
    return Pixels.toBufferedImage(image);
  }

  /**
   * A picture in red, green and blue with a frame around each thing that was found in it, in a
   * colour for each class, the best upon the others.
   *
   * @param found in pixels of this picture
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap has no room for the pixels
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
