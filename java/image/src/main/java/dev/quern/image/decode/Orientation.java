package dev.quern.image.decode;

import dev.quern.data.Image;
import dev.quern.data.ImageReading;

/** The EXIF orientation: the rotation and mirroring that make an image upright. */
public final class Orientation {
  /** The EXIF orientation of an image that is already upright. */
  public static final int UPRIGHT = 1;

  private static final int LAST = 8;

  private Orientation() {}

  /**
   * Returns the additional memory in bytes that an image of {@code size} bytes needs while it is
   * rotated.
   */
  public static long bytes(int orientation, long size) {
    return isUpright(orientation) ? 0 : size;
  }

  private static boolean isUpright(int orientation) {
    return orientation <= UPRIGHT || orientation > LAST;
  }

  /**
   * Returns the upright image.
   *
   * @param orientation the EXIF orientation, 1 to 8; 5 to 8 exchange rows and columns
   */
  public static Image apply(Planes image, int orientation, ImageReading reading) {
    if (isUpright(orientation)) {
      return image.image();
    }
    boolean swap = orientation >= 5;
    boolean fromBottom =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    boolean fromRight = orientation == 2 || orientation == 3 || orientation >= 7;
    int height = image.height();
    int width = image.width();
    Planes to = new Planes(image.channels(), swap ? width : height, swap ? height : width);
    for (int c = 0; c < image.channels(); c++) {
      int channel = c;
      Rows.each(
          height,
          width,
          reading,
          (y, begin, count) -> {
            int row = fromBottom ? height - 1 - y : y;
            for (int x = begin; x < begin + count; x++) {
              int value = image.get(channel, row, fromRight ? width - 1 - x : x);
              to.put(channel, swap ? x : y, swap ? y : x, value);
            }
          });
    }
    return to.image();
  }
}
