package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import org.jspecify.annotations.Nullable;

/** The rules of a pooling layer's window. */
final class PoolWindow {
  private PoolWindow() {}

  static void check(
      String op, Size kernel, Size stride, Size padding, Size dilation, @Nullable Sides sides) {
    Checks.atLeast(op, "kernel", kernel, 1);
    Checks.atLeast(op, "stride", stride, 1);
    Checks.atLeast(op, "padding", padding, 0);
    Checks.atLeast(op, "dilation", dilation, 1);
    Sides all = sides(padding, sides);
    if (sides != null) {
      Checks.padding(op, sides.left(), sides.right(), sides.top(), sides.bottom());
      if (!padding.equals(Size.of(0))) {
        throw new InvalidArgumentException(
            op + ": padding is given as " + padding + ", but a second padding is given as well");
      }
    }
    long height = extent(kernel.height(), dilation.height());
    long width = extent(kernel.width(), dilation.width());
    if (Math.max(all.top(), all.bottom()) >= height || Math.max(all.left(), all.right()) >= width) {
      throw new InvalidArgumentException(
          op
              + ": padding "
              + (all.isEven() ? all.begin() : all)
              + " must be less than the kernel's extent "
              + height
              + "x"
              + width);
    }
  }

  /** Checks the window of a pooling layer of signals. */
  static void check(String op, int kernel, int stride, int padding, int dilation) {
    Checks.atLeast(op, "kernel", kernel, 1);
    Checks.atLeast(op, "stride", stride, 1);
    Checks.atLeast(op, "padding", padding, 0);
    Checks.atLeast(op, "dilation", dilation, 1);
    long extent = extent(kernel, dilation);
    if (padding >= extent) {
      throw new InvalidArgumentException(
          op + ": padding " + padding + " must be less than the kernel's extent " + extent);
    }
  }

  /** The padding of each side, in whichever way it was given. */
  static Sides sides(Size padding, @Nullable Sides sides) {
    return sides == null ? Sides.of(padding) : sides;
  }

  /**
   * Returns the pixels from a window's first tap to its last. With wider padding, a window could
   * contain padding alone.
   */
  private static long extent(long kernel, long dilation) {
    return dilation * (kernel - 1) + 1;
  }
}
