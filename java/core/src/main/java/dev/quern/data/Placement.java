package dev.quern.data;

import dev.quern.tensor.Size;

/** Where a picture comes to lie in an input. */
record Placement(Axis down, Axis across) {
  /**
   * One direction.
   *
   * @param from the picture's length
   * @param scaled what it becomes
   * @param offset the input's first position in that; below 0 where black comes first
   * @param to the input's length
   */
  record Axis(int from, long scaled, long offset, int to) {
    /** In the middle; halves go to the even number, as in torchvision's CenterCrop. */
    static Axis centered(int from, long scaled, int to) {
      return new Axis(from, scaled, (long) Math.rint((scaled - to) / 2.0), to);
    }
  }

  static Placement of(Image image, Size size, Preprocessing.Fit fit, float crop) {
    return switch (fit) {
      case STRETCH -> of(image, size, size.height(), size.width());
      case FIT -> scaled(image, size, isWider(image, size), 1);
      case CENTER_CROP -> scaled(image, size, !isWider(image, size), crop);
    };
  }

  /** Whether the picture is wider than the input, both being equally high. */
  private static boolean isWider(Image image, Size size) {
    return (long) image.width() * size.height() > (long) size.width() * image.height();
  }

  /** One side so long that the input shows this part of it, the other along with it. */
  private static Placement scaled(Image image, Size size, boolean byWidth, float part) {
    if (byWidth) {
      long width = whole(size.width(), part);
      return of(image, size, along(image.height(), width, image.width()), width);
    }
    long height = whole(size.height(), part);
    return of(image, size, height, along(image.width(), height, image.height()));
  }

  private static long whole(int side, float part) {
    return Math.round(side / (double) part);
  }

  /** Rounded down, as torchvision's Resize does. */
  private static long along(int side, long to, int from) {
    return Math.max(1, side * to / from);
  }

  private static Placement of(Image image, Size size, long height, long width) {
    return new Placement(
        Axis.centered(image.height(), height, size.height()),
        Axis.centered(image.width(), width, size.width()));
  }
}
