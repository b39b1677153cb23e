package dev.quern.image.decode;

import dev.quern.data.Image;

/** What EXIF says a camera was held like: how the picture is turned to stand upright. */
public final class Orientation {
  /** As it is. */
  public static final int UPRIGHT = 1;

  private static final int LAST = 8;

  private Orientation() {}

  /**
   * The picture upright.
   *
   * @param orientation EXIF's number, 1 to 8; from 5 on rows become columns
   */
  public static Image apply(Image image, int orientation) {
    if (orientation <= UPRIGHT || orientation > LAST) {
      return image;
    }
    boolean swap = orientation >= 5;
    boolean fromBottom =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    boolean fromRight = orientation == 2 || orientation == 3 || orientation >= 7;
    int height = image.height();
    int width = image.width();
    byte[] from = image.pixels();
    Planes to = new Planes(image.channels(), swap ? width : height, swap ? height : width);
    for (int c = 0; c < image.channels(); c++) {
      for (int y = 0; y < height; y++) {
        int row = fromBottom ? height - 1 - y : y;
        for (int x = 0; x < width; x++) {
          int column = fromRight ? width - 1 - x : x;
          int value = from[(c * height + row) * width + column];
          to.put(c, swap ? x : y, swap ? y : x, value);
        }
      }
    }
    return to.image();
  }
}
