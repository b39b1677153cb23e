package dev.quern.reference.layer;

import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;

/**
 * One axis of a sliding window: maps the kernel positions ("taps") of each window to input
 * positions.
 */
record WindowAxis(int input, int kernel, int stride, int padding, int paddingEnd, int dilation) {
  static final int OUTSIDE = -1;

  static WindowAxis vertical(long height, Size kernel, Size stride, Sides padding, Size dilation) {
    return new WindowAxis(
        (int) height,
        kernel.height(),
        stride.height(),
        padding.top(),
        padding.bottom(),
        dilation.height());
  }

  static WindowAxis horizontal(long width, Size kernel, Size stride, Sides padding, Size dilation) {
    return new WindowAxis(
        (int) width,
        kernel.width(),
        stride.width(),
        padding.left(),
        padding.right(),
        dilation.width());
  }

  /** Returns the input position of a window's tap, or {@link #OUTSIDE} if the tap is on padding. */
  int position(int window, int tap) {
    long position = (long) window * stride - padding + (long) tap * dilation;
    return position >= 0 && position < input ? (int) position : OUTSIDE;
  }

  /** Returns a window's first tap that is at or after the start of the input. */
  int firstTap(int window) {
    return tapsBefore(0, window);
  }

  /** Returns one past a window's last tap that is before the end of the input. */
  int endTap(int window) {
    return tapsBefore(input, window);
  }

  private int tapsBefore(long position, int window) {
    long distance = position - ((long) window * stride - padding);
    return distance <= 0 ? 0 : (int) Math.min((distance + dilation - 1) / dilation, kernel);
  }

  /** Returns the first window whose tap {@code tap} is at or after the start of the input. */
  int firstInside(int tap) {
    long before = padding - (long) tap * dilation;
    return before <= 0 ? 0 : (int) Math.min((before + stride - 1) / stride, Integer.MAX_VALUE);
  }

  /**
   * Returns one past the last of {@code windows} windows whose tap {@code tap} is before the end of
   * the input.
   */
  int endInside(int tap, int windows) {
    long last = input - 1 + padding - (long) tap * dilation;
    return last < 0 ? 0 : (int) Math.min(last / stride + 1, windows);
  }
}
