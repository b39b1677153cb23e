package dev.quern.reference.layer;

import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;

/** One axis of a sliding window: which input positions the taps of each window fall on. */
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

  /** The input position of a window's tap, or {@link #OUTSIDE} where the tap falls on padding. */
  int position(int window, int tap) {
    long position = (long) window * stride - padding + (long) tap * dilation;
    return position >= 0 && position < input ? (int) position : OUTSIDE;
  }

  /** The first tap of a window that falls on the input or after its start. */
  int firstTap(int window) {
    return tapsBefore(0, window);
  }

  /** One past the last tap of a window that falls on the input or before it. */
  int endTap(int window) {
    return tapsBefore(input, window);
  }

  private int tapsBefore(long position, int window) {
    long distance = position - ((long) window * stride - padding);
    return distance <= 0 ? 0 : (int) Math.min((distance + dilation - 1) / dilation, kernel);
  }

  /** The first window with this tap on the input or after its start. */
  int firstInside(int tap) {
    long before = padding - (long) tap * dilation;
    return before <= 0 ? 0 : (int) Math.min((before + stride - 1) / stride, Integer.MAX_VALUE);
  }

  /** One past the last of {@code windows} windows with this tap on the input or before its end. */
  int endInside(int tap, int windows) {
    long last = input - 1 + padding - (long) tap * dilation;
    return last < 0 ? 0 : (int) Math.min(last / stride + 1, windows);
  }
}
