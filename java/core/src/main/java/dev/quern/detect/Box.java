package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;

/**
 * An axis-aligned rectangle in an image. The coordinates x (to the right) and y (down) are 0 at the
 * top left corner of the first pixel. A pixel is 1 wide and 1 high, so the box of a whole image is
 * {@code 0, 0, width, height}. Some methods are documented to use fractions of the image instead;
 * the box of a whole image is then {@code 0, 0, 1, 1}. A box may be empty or extend beyond the
 * image.
 */
public record Box(double left, double top, double right, double bottom) {
  /**
   * Checks the sides.
   *
   * @throws InvalidArgumentException if a side is outside the range of finite floats, {@code right
   *     < left}, or {@code bottom < top}
   */
  public Box {
    if (!isBox(left, top, right, bottom)) {
      throw new InvalidArgumentException(
          "box: left "
              + left
              + ", top "
              + top
              + ", right "
              + right
              + ", bottom "
              + bottom
              + " must be finite floats with left <= right and top <= bottom");
    }
  }

  static boolean isBox(double left, double top, double right, double bottom) {
    return isSide(left)
        && isSide(top)
        && isSide(right)
        && isSide(bottom)
        && left <= right
        && top <= bottom;
  }

  /**
   * Returns whether a value is within the range of floats; areas and their sums are then finite
   * doubles.
   */
  private static boolean isSide(double value) {
    return Math.abs(value) <= Float.MAX_VALUE;
  }

  /**
   * Returns a box with this center, width and height.
   *
   * @throws InvalidArgumentException if width or height is negative, or a side is outside the range
   *     of finite floats
   */
  public static Box centered(double x, double y, double width, double height) {
    return new Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2);
  }

  public double width() {
    return right - left;
  }

  public double height() {
    return bottom - top;
  }

  public double area() {
    return width() * height();
  }

  /** Returns the area of the intersection of both boxes. */
  public double intersection(Box other) {
    Require.present("box", "other", other);
    double width = Math.min(right, other.right) - Math.max(left, other.left);
    double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
    return width > 0 && height > 0 ? width * height : 0;
  }

  /** Returns the intersection over union (IoU) of both boxes; 0 for two empty boxes. */
  public double iou(Box other) {
    double both = intersection(other);
    double all = area() + other.area() - both;
    return all > 0 ? both / all : 0;
  }

  /**
   * Returns the part of the box inside an image of this size. For a box outside the image, this
   * part is an empty box at the border.
   */
  public Box clipped(double width, double height) {
    return new Box(
        inside(left, width), inside(top, height), inside(right, width), inside(bottom, height));
  }

  private static double inside(double value, double most) {
    return Math.max(0, Math.min(value, most));
  }

  /**
   * Returns a copy with x multiplied by {@code across} and y by {@code down}; both factors are at
   * least 0.
   */
  public Box scaled(double across, double down) {
    return new Box(left * across, top * down, right * across, bottom * down);
  }
}
