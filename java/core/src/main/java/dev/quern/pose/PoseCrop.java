package dev.quern.pose;

import dev.quern.data.Image;
import dev.quern.detect.Box;
import dev.quern.detect.KeyPoint;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;

/**
 * The crop of a person or object for top-down pose estimation: a region of the image, scaled to the
 * network's input without rotation. The conventions are those of SimpleBaseline and mmpose ({@code
 * TopdownAffine}): coordinates name pixels, so the pixel in column x and row y of the image is at
 * (x, y), and the pixel in column i of the crop is at {@code left + i * width / columns}. With
 * aligned corners, as in UDP, it is at {@code left + i * width / (columns - 1)}. Immutable and
 * thread-safe.
 *
 * @param region the region of the image, not empty; the part outside the image is black
 * @param size height and width of the crop, each from 1 to 4096, or from 2 with aligned corners
 * @param alignCorners whether the crop's first and last pixels are at the sides of the region
 */
public record PoseCrop(Box region, Size size, boolean alignCorners) {
  /** The factor by which SimpleBaseline, HRNet, ViTPose and RTMPose enlarge boxes. */
  public static final double DEFAULT_PADDING = 1.25;

  private static final String OP = "pose crop";
  private static final int LARGEST_SIDE = 4096;
  private static final double LARGEST_PADDING = 10;

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if the region is empty, or a side of the crop is outside its
   *     range
   */
  public PoseCrop {
    Require.present(OP, "region", region);
    requireArea("region", region);
    Require.present(OP, "size", size);
    int least = alignCorners ? 2 : 1;
    if (Math.min(size.height(), size.width()) < least
        || Math.max(size.height(), size.width()) > LARGEST_SIDE) {
      throw new InvalidArgumentException(
          OP + ": size " + size + " must have sides from " + least + " to " + LARGEST_SIDE);
    }
  }

  private static void requireArea(String what, Box box) {
    if (!(box.width() > 0 && box.height() > 0)) {
      throw new InvalidArgumentException(
          OP + ": " + what + " " + box + " must have a width and a height above 0");
    }
  }

  /**
   * Returns the crop for the box of a person: the box is widened or heightened around its center to
   * the aspect ratio of the crop, and enlarged by the padding.
   *
   * @param size height and width of the crop
   * @param padding the factor for both sides, from 1 to 10
   * @throws InvalidArgumentException if the box is empty, a side of the crop or the padding is
   *     outside its range, or the region would be outside the range of floats
   */
  public static PoseCrop of(Box box, Size size, double padding, boolean alignCorners) {
    requireArea("box", Require.present(OP, "box", box));
    requirePadding(padding);
    PoseCrop whole = new PoseCrop(box, size, alignCorners); // checks the size
    double ratio = (double) size.width() / size.height();
    boolean isWide = box.width() > box.height() * ratio;
    double width = isWide ? box.width() : box.height() * ratio;
    double height = isWide ? box.width() / ratio : box.height();
    Box region =
        Box.centered(
            box.left() + box.width() / 2,
            box.top() + box.height() / 2,
            width * padding,
            height * padding);
    return new PoseCrop(region, whole.size, alignCorners);
  }

  static void requirePadding(double padding) {
    if (!(padding >= 1 && padding <= LARGEST_PADDING)) {
      throw new InvalidArgumentException(
          OP + ": padding " + padding + " is outside [1, " + LARGEST_PADDING + "]");
    }
  }

  /** Returns the distance in the image of neighboring columns of the crop. */
  private double across() {
    return region.width() / (alignCorners ? size.width() - 1 : size.width());
  }

  /** Returns the distance in the image of neighboring rows of the crop. */
  private double down() {
    return region.height() / (alignCorners ? size.height() - 1 : size.height());
  }

  /**
   * Returns the key point in pixels of the image.
   *
   * @param point a key point in pixels of the crop
   * @throws InvalidArgumentException if a coordinate is outside the range of double precision
   */
  public KeyPoint toImage(KeyPoint point) {
    Require.present(OP, "point", point);
    return new KeyPoint(
        region.left() + point.x() * across(), region.top() + point.y() * down(), point.score());
  }

  /**
   * Returns the crop of an image. Each pixel is interpolated bilinearly, in double precision,
   * between the four pixels around its position, without antialiasing; pixels outside the image are
   * black.
   *
   * @return an image {@code [C, height, width]} with the channels of the given image
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small
   */
  public Image crop(Image image) {
    return crop(Require.present(OP, "image", image), image.pixels());
  }

  /** Returns the crop, from the pixels of the image, which are copied once for several crops. */
  Image crop(Image image, byte[] pixels) {
    CropAxis columns = new CropAxis(region.left(), across(), size.width(), image.width());
    CropAxis rows = new CropAxis(region.top(), down(), size.height(), image.height());
    int plane = size.height() * size.width();
    byte[] to = Heap.bytes(OP, image.channels() * plane);
    for (int c = 0; c < image.channels(); c++) {
      for (int y = 0; y < size.height(); y++) {
        int above = (c * image.height() + rows.first(y)) * image.width();
        int below = (c * image.height() + rows.second(y)) * image.width();
        for (int x = 0; x < size.width(); x++) {
          double value =
              rows.firstWeight(y) * columns.mix(x, pixels, above)
                  + rows.secondWeight(y) * columns.mix(x, pixels, below);
          to[c * plane + y * size.width() + x] = (byte) (value + 0.5);
        }
      }
    }
    return Image.owning(Shape.of(image.channels(), size.height(), size.width()), to);
  }
}
