package dev.quern.feed;

/**
 * The mixing of one batch's samples, each with the previous sample and the first with the last: a
 * weighted sum, or a pasted rectangle.
 *
 * @param own the fraction of a sample's own values in the result, in [0, 1]
 * @param rows height of the rectangle in pixels; for a weighted sum, rows, columns, top and left
 *     are 0
 */
public record Mixing(double own, int top, int left, int rows, int columns) {
  /** Returns a mixing by a weighted sum. */
  public static Mixing sum(double own) {
    return new Mixing(own, 0, 0, 0, 0);
  }

  /**
   * Returns a mixing by a pasted rectangle, computed as in torchvision and clipped to the image.
   *
   * @param own fraction of the image outside the rectangle, before clipping
   * @param x column of the rectangle's center, in pixels
   */
  public static Mixing box(double own, int x, int y, int height, int width) {
    double half = 0.5 * Math.sqrt(1 - own);
    int left = Math.max(x - (int) (half * width), 0);
    int top = Math.max(y - (int) (half * height), 0);
    int columns = Math.min(x + (int) (half * width), width) - left;
    int rows = Math.min(y + (int) (half * height), height) - top;
    if (rows == 0 || columns == 0) {
      return sum(1);
    }
    double area = (double) rows * columns / ((double) width * height);
    return new Mixing(1 - area, top, left, rows, columns);
  }

  public boolean isBox() {
    return rows > 0;
  }

  /** Returns the index of the sample that is mixed into sample {@code i} of {@code n}. */
  public static int other(int i, int n) {
    return i == 0 ? n - 1 : i - 1;
  }

  /** Returns the weighted sum of a sample's value and the other sample's value. */
  public float of(float mine, float others) {
    return (float) (own * mine + (1 - own) * others);
  }
}
