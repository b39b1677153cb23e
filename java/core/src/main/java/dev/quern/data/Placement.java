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

  static Placement of(Image image, Size size, Preprocessing.Fit fit) {
    return switch (fit) {
      case STRETCH -> of(image, size, size.height(), size.width());
      case FIT -> scaled(image, size, isWider(image, size));
      case CENTER_CROP -> scaled(image, size, !isWider(image, size));
    };
  }

  /** Whether the picture is wider than the input, both being equally high. */
  private static boolean isWider(Image image, Size size) {
    return (long) image.width() * size.height() > (long) size.width() * image.height();
  }

  /** One side as the input's, the other along with it. */
  private static Placement scaled(Image image, Size size, boolean byWidth) {
    return byWidth
        ? of(image, size, along(image.height(), size.width(), image.width()), size.width())
        : of(image, size, size.height(), along(image.width(), size.height(), image.height()));
  }

  /** Rounded down, as torchvision's Resize does. */
  private static long along(int side, int to, int from) {
    return Math.max(1, (long) side * to / from);
  }

  private static Placement of(Image image, Size size, long height, long width) {
    return new Placement(
        Axis.centered(image.height(), height, size.height()),
        Axis.centered(image.width(), width, size.width()));
  }
}
