package dev.quern.ocr;

import dev.quern.internal.arguments.Require;
import java.util.List;

/**
 * The four corners of a text line in an image, clockwise as seen in the image. Text may be rotated;
 * {@code topLeft} is the upper of the two left corners, even if the text is upside down.
 *
 * @param topLeft the upper of the two corners with the smallest x
 * @param topRight the upper of the two corners with the largest x
 * @param bottomRight the lower of the two corners with the largest x
 * @param bottomLeft the lower of the two corners with the smallest x
 */
public record Quadrilateral(Point topLeft, Point topRight, Point bottomRight, Point bottomLeft) {
  /**
   * Checks the arguments. The order of the corners is not checked.
   *
   * @throws dev.quern.error.InvalidArgumentException if a corner is null
   */
  public Quadrilateral {
    Require.present("ocr", "topLeft", topLeft);
    Require.present("ocr", "topRight", topRight);
    Require.present("ocr", "bottomRight", bottomRight);
    Require.present("ocr", "bottomLeft", bottomLeft);
  }

  /** Returns the corners in the order of the components. */
  public List<Point> corners() {
    return List.of(topLeft, topRight, bottomRight, bottomLeft);
  }

  /** Returns the length of the longer of the upper and the lower side, in pixels. */
  public double width() {
    return Math.max(topLeft.distance(topRight), bottomLeft.distance(bottomRight));
  }

  /** Returns the length of the longer of the left and the right side, in pixels. */
  public double height() {
    return Math.max(topLeft.distance(bottomLeft), topRight.distance(bottomRight));
  }

  /** Returns the mean of the corners. */
  Point center() {
    return new Point(
        (topLeft.x() + topRight.x() + bottomRight.x() + bottomLeft.x()) / 4,
        (topLeft.y() + topRight.y() + bottomRight.y() + bottomLeft.y()) / 4);
  }

  /** Returns the same corners, moved into an image. */
  Quadrilateral clipped(int width, int height) {
    return new Quadrilateral(
        clipped(topLeft, width, height),
        clipped(topRight, width, height),
        clipped(bottomRight, width, height),
        clipped(bottomLeft, width, height));
  }

  private static Point clipped(Point p, int width, int height) {
    return new Point(Math.max(0, Math.min(width, p.x())), Math.max(0, Math.min(height, p.y())));
  }

  /** Returns the corners in the order in which the text is turned by 90 degrees to the left. */
  Quadrilateral turned() {
    return new Quadrilateral(topRight, bottomRight, bottomLeft, topLeft);
  }
}
