package dev.quern.io.folder;

import dev.quern.data.Image;
import dev.quern.data.Placement;
import dev.quern.data.Preprocessing;
import dev.quern.error.FileAccessException;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.loss.CrossEntropy;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;

/**
 * A reader of masks, which contain a class per pixel and are resized to the size of samples by
 * nearest-neighbor interpolation. Thread-safe.
 */
final class Masks {
  /** The value of ignored pixels in a mask, as in Pascal VOC and torchvision. */
  static final int IGNORED = 255;

  private final Preprocessing how;
  private final Shape image;

  /** The number of classes; 0 if it is not known. */
  private final int classes;

  /**
   * For each image, a row with 1 for each class in its mask, otherwise 0; shared with {@link
   * Labels}, which counts them.
   */
  private final float[][] seen;

  /** Whether the mask of each image contains a class other than 0. */
  private final boolean[] isMarked;

  /**
   * Creates the reader.
   *
   * @param image the shape of samples, {@code [C, H, W]}
   * @param seen rows of zeros, one per image, with one element per class
   */
  Masks(Preprocessing how, Shape image, int classes, float[][] seen) {
    this.how = how;
    this.image = image;
    this.classes = classes;
    this.seen = seen;
    isMarked = new boolean[seen.length];
  }

  /** Returns the shape of resized masks, {@code [H, W]}. */
  Shape shape() {
    return Shape.of(image.dim(1), image.dim(2));
  }

  /**
   * Reads an image's mask, resized to the size of samples.
   *
   * @param size the size of the image, which the mask must also have
   * @throws FormatException if the mask is missing or not valid
   */
  byte[] read(Picture of, Size size) {
    Image mask = image(of);
    if (mask.height() != size.height() || mask.width() != size.width()) {
      throw wrong(
          of,
          mask.width()
              + " x "
              + mask.height()
              + " pixels, but the image has "
              + size.width()
              + " x "
              + size.height());
    }
    byte[] from = mask.pixels();
    requireClasses(of, from, mask.width());
    return resized(from, how.placement(size, image));
  }

  /** Reads an image's mask again, for example if it is not cached. */
  byte[] read(Picture of) {
    Image mask = image(of);
    return read(of, new Size(mask.height(), mask.width()));
  }

  private static Image image(Picture of) {
    try {
      return Image.readMask(of.mask());
    } catch (FormatException | FileAccessException | NotFoundException e) {
      String begin = "image: " + of.mask() + ": ";
      String why = String.valueOf(e.getMessage());
      throw wrong(of, why.startsWith(begin) ? why.substring(begin.length()) : why);
    }
  }

  private static FormatException wrong(Picture of, String why) {
    return new FormatException("image: " + of.file() + ": mask " + of.mask() + ": " + why);
  }

  private void requireClasses(Picture of, byte[] mask, int width) {
    for (int i = 0; classes > 0 && i < mask.length; i++) {
      int value = mask[i] & 0xff;
      if (value >= classes && value != IGNORED) {
        throw wrong(
            of,
            "class "
                + value
                + " at row "
                + i / width
                + " and column "
                + i % width
                + " is outside [0, "
                + classes
                + "), and "
                + IGNORED
                + " is the only ignored value");
      }
    }
  }

  private static byte[] resized(byte[] from, Placement placed) {
    int[] down = nearest(placed.down());
    int[] across = nearest(placed.across());
    byte[] to = new byte[down.length * across.length];
    int at = 0;
    for (int y : down) {
      for (int x : across) {
        to[at++] = y < 0 || x < 0 ? (byte) IGNORED : from[y * placed.across().from() + x];
      }
    }
    return to;
  }

  /**
   * Returns, for each position along an axis of a sample, the nearest position in the image; -1 if
   * it is outside the image.
   */
  private static int[] nearest(Placement.Axis axis) {
    return IntStream.range(0, axis.to())
        .map(
            i -> {
              double at = axis.toImage(i + 0.5);
              return at >= 0 && at < axis.from() ? (int) at : -1;
            })
        .toArray();
  }

  /** Records which classes an image's mask contains. */
  void note(int picture, byte[] values, int from) {
    for (int i = from; i < values.length; i++) {
      int value = values[i] & 0xff;
      if (value != IGNORED) {
        isMarked[picture] |= value > 0;
        if (value < classes) {
          seen[picture][value] = 1;
        }
      }
    }
  }

  /** Returns whether an image's mask contains a class other than 0. */
  boolean isMarked(int picture) {
    return isMarked[picture];
  }

  /** Writes the classes of a mask as targets; ignored pixels become the ignore index of losses. */
  static void put(byte[] values, int from, FloatBuffer to) {
    for (int i = from; i < values.length; i++) {
      int value = values[i] & 0xff;
      to.put(value == IGNORED ? CrossEntropy.IGNORE_INDEX : value);
    }
  }
}
