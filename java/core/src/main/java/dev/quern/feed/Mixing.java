package dev.quern.feed;

/**
 * Mixing of the samples of one batch, each with the sample before it and the first with the last: a
 * weighted sum, or a pasted rectangle.
 *
 * @param own the fraction that a sample keeps, in [0, 1]
 * @param rows height of the rectangle; 0 for a sum, as top, left and columns
 */
public record Mixing(double own, int top, int left, int rows, int columns) {
  /** Returns the mixing as a weighted sum. */
  public static Mixing sum(double own) {
    return new Mixing(own, 0, 0, 0, 0);
  }

  /**
   * Creates torchvision's rectangle.
   *
   * @param own fraction of the image that it leaves; more if part of it is outside the image
   * @param x x of its center, a pixel
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

  /** The sample that is mixed into sample {@code i} of {@code n}. */
  public static int other(int i, int n) {
    return i == 0 ? n - 1 : i - 1;
  }

  /** Mixes a number of a sample with the other sample's number. */
  public float of(float mine, float others) {
    return (float) (own * mine + (1 - own) * others);
  }
}
