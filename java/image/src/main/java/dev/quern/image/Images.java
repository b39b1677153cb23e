package dev.quern.image;

import dev.quern.data.Image;
import dev.quern.dense.AlphaMask;
import dev.quern.dense.DepthMap;
import dev.quern.detect.Detection;
import dev.quern.error.InvalidArgumentException;
import dev.quern.image.decode.Pixels;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The conversion of {@link Image} to and from java.awt's images. Thread-safe. */
public final class Images {
  private Images() {}

  /**
   * Converts an image to grayscale if all its colors, or all colors of its palette, are gray;
   * otherwise to RGB. Samples of more than 8 bits are rounded to 8 bits. Transparent pixels are
   * blended with black. No color profile or gamma is applied, as in PIL and torchvision. Color
   * spaces other than gray and RGB are converted to sRGB.
   *
   * <p>For an image that {@code ImageIO} reads from a file, the pixels are equal to those of {@code
   * Image.read}, except that {@code ImageIO} ignores the EXIF orientation, applies a JPEG's color
   * profile, and hardly supports CMYK.
   *
   * @throws InvalidArgumentException if the image throws an exception, or has more pixels than a
   *     Java array can contain
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small for the pixels
   */
  public static Image of(BufferedImage image) {
    if (image == null) {
      throw new InvalidArgumentException("image: image is null");
    }
    return Pixels.of(image);
  }

  /**
   * Returns an image of type {@code TYPE_BYTE_GRAY} or {@code TYPE_3BYTE_BGR} with the same pixels.
   */
  public static BufferedImage toBufferedImage(Image image) {
    if (image == null) {
      throw new InvalidArgumentException("image: image is null");
    }
    return Pixels.toBufferedImage(image);
  }

  /**
   * Returns an RGB copy of the image with the boxes of detections drawn in one color per class; the
   * box with the highest score is on top. Key points with a score above 0.5 are drawn as squares.
   * Pixels of masks are tinted with the color; the part of a mask outside the image is omitted.
   *
   * @param found the detections, in pixels of this image
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small for the pixels
   */
  public static Image draw(Image image, List<Detection> found) {
    if (image == null) {
      throw new InvalidArgumentException("image: image is null");
    }
    List<Detection> own = found == null ? null : new ArrayList<>(found);
    if (own == null || own.stream().anyMatch(Objects::isNull)) {
      throw new InvalidArgumentException("image: detections are null or contain a null");
    }
    return Drawing.of(image, List.copyOf(own));
  }

  /**
   * Returns the foreground of an image: an image of type {@code TYPE_4BYTE_ABGR} with the image's
   * colors and the mask's opacities, for {@code ImageIO.write(cutout, "png", file)}.
   *
   * @param mask the mask, of the image's size
   * @throws dev.quern.error.ShapeException if the mask does not have the image's size
   * @throws InvalidArgumentException if an argument is null, or the result has more bytes than a
   *     Java array can contain
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small for the pixels
   */
  public static BufferedImage cutout(Image image, AlphaMask mask) {
    if (image == null || mask == null) {
      throw new InvalidArgumentException(
          "image: " + (image == null ? "image" : "mask") + " is null");
    }
    return Maps.cutout(image, mask);
  }

  /**
   * Returns a depth map, scaled by its minimum and maximum, as an image of type {@code
   * TYPE_USHORT_GRAY}: 0 for the minimum, 65,535 for the maximum; all 0 if they are equal.
   *
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small for the pixels
   */
  public static BufferedImage toGray16(DepthMap depth) {
    if (depth == null) {
      throw new InvalidArgumentException("image: depth is null");
    }
    return Maps.gray16(depth);
  }
}
