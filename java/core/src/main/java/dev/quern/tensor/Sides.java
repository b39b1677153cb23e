package dev.quern.tensor;

import dev.quern.internal.arguments.Require;

/** Four numbers by the sides of an image, in PyTorch's order: left, right, top, bottom. */
public record Sides(int left, int right, int top, int bottom) {
  /** The same at opposite sides: height at top and bottom, width at left and right. */
  public static Sides of(Size both) {
    Require.present("sides", "both", both);
    return new Sides(both.width(), both.width(), both.height(), both.height());
  }

  /** Whether opposite sides are the same. */
  public boolean isEven() {
    return left == right && top == bottom;
  }

  /** Top and left: all sides if they are {@link #isEven()}. */
  public Size begin() {
    return new Size(top, left);
  }

  @Override
  public String toString() {
    return "left " + left + ", right " + right + ", top " + top + ", bottom " + bottom;
  }
}
