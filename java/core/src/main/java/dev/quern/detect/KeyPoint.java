package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;

/**
 * A key point (landmark) of a detected object, such as a wrist or the tip of a nose. The
 * coordinates are those of {@link Box}; the point may be outside the image.
 *
 * @param x the distance from the image's left side in pixels
 * @param y the distance from the image's top in pixels
 * @param score the confidence that the point is visible, for most networks from 0 to 1; 1 for
 *     networks without such a score
 */
public record KeyPoint(double x, double y, double score) {
  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if a value is not finite
   */
  public KeyPoint {
    if (!isPoint(x, y, score)) {
      throw new InvalidArgumentException(
          "key point: x " + x + ", y " + y + ", score " + score + " must be finite");
    }
  }

  static boolean isPoint(double x, double y, double score) {
    return Double.isFinite(x) && Double.isFinite(y) && Double.isFinite(score);
  }
}
