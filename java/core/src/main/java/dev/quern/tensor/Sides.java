package dev.quern.tensor;

import dev.quern.internal.arguments.Require;

/**
 * One number per side of an image, such as its padding, in PyTorch's order: left, right, top,
 * bottom.
 */
public record Sides(int left, int right, int top, int bottom) {
  /**
   * Returns equal numbers for opposite sides: the height for top and bottom, the width for left and
   * right.
   */
  public static Sides of(Size both) {
    Require.present("sides", "both", both);
    return new Sides(both.width(), both.width(), both.height(), both.height());
  }

  /** Returns whether the numbers of opposite sides are equal. */
  public boolean isEven() {
    return left == right && top == bottom;
  }

  /**
   * Returns the numbers of the top and left sides, which determine all four if {@link #isEven()}.
   */
  public Size begin() {
    return new Size(top, left);
  }

  @Override
  public String toString() {
    return "left " + left + ", right " + right + ", top " + top + ", bottom " + bottom;
  }
}
