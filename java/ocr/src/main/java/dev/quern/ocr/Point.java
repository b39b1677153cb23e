package dev.quern.ocr;

import dev.quern.error.InvalidArgumentException;

/**
 * A point in an image, in pixels: (0, 0) is the upper left corner of the first pixel, and (width,
 * height) the lower right corner of the last pixel.
 *
 * @param x the distance from the image's left edge; finite
 * @param y the distance from the image's upper edge; finite
 */
public record Point(double x, double y) {
  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if a coordinate is not finite
   */
  public Point {
    if (!Double.isFinite(x) || !Double.isFinite(y)) {
      throw new InvalidArgumentException("ocr: point (" + x + ", " + y + ") must be finite");
    }
  }

  double distance(Point other) {
    return Math.hypot(x - other.x, y - other.y);
  }
}
