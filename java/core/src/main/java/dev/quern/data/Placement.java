package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Size;

/**
 * The placement of a scaled image in a network's input, computed by {@link
 * Preprocessing#placement}. Positions are in pixels from the left or top border; the first pixel
 * spans 0 to 1.
 *
 * @param down the placement along the vertical axis
 * @param across the placement along the horizontal axis
 */
public record Placement(Axis down, Axis across) {
  public Placement {
    Require.present("placement", "down", down);
    Require.present("placement", "across", across);
  }

  /**
   * Placement along one axis.
   *
   * @param from the image's height or width in pixels, at least 1
   * @param scaled the height or width of the scaled image, at least 1
   * @param offset position of the input's first pixel in the scaled image; negative for a black
   *     border
   * @param to the input's height or width, at least 1
   */
  public record Axis(int from, long scaled, long offset, int to) {
    public Axis {
      if (from < 1 || scaled < 1 || to < 1) {
        throw new InvalidArgumentException(
            "placement: lengths " + from + ", " + scaled + ", " + to + " must be at least 1");
      }
    }

    /**
     * Returns a centered placement; half pixels are rounded to even, as in torchvision's
     * CenterCrop.
     */
    static Axis centered(int from, long scaled, int to) {
      return new Axis(from, scaled, (long) Math.rint((scaled - to) / 2.0), to);
    }

    /**
     * Returns whether the image is neither scaled nor shifted along this axis, and fills the input.
     */
    boolean isWhole() {
      return from == to && scaled == to && offset == 0;
    }

    /** Maps a position in the input to the image. */
    public double toImage(double input) {
      return (input + offset) * from / scaled;
    }

    /** Maps a position in the image to the input. */
    public double toInput(double image) {
      return image * scaled / from - offset;
    }
  }

  /** Returns whether the input is the unchanged image. */
  boolean isWhole() {
    return down.isWhole() && across.isWhole();
  }

  static Placement of(Size image, Size size, Preprocessing.Fit fit, float crop) {
    return switch (fit) {
      case STRETCH -> of(image, size, size.height(), size.width());
      case FIT -> scaled(image, size, isWider(image, size), 1);
      case CENTER_CROP -> scaled(image, size, !isWider(image, size), crop);
    };
  }

  /** Returns whether the image has a larger aspect ratio than the input. */
  private static boolean isWider(Size image, Size size) {
    return (long) image.width() * size.height() > (long) size.width() * image.height();
  }

  /**
   * Scales an image so that the input covers this fraction of one side; the other side is scaled in
   * proportion.
   */
  private static Placement scaled(Size image, Size size, boolean byWidth, float part) {
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

  /** Returns {@code side * to / from}, rounded down as in torchvision's Resize. */
  private static long along(int side, long to, int from) {
    return Math.max(1, side * to / from);
  }

  private static Placement of(Size image, Size size, long height, long width) {
    return new Placement(
        Axis.centered(image.height(), height, size.height()),
        Axis.centered(image.width(), width, size.width()));
  }
}
