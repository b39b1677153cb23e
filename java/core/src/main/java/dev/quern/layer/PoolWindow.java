package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import org.jspecify.annotations.Nullable;

/** Checks of a pooling layer's kernel, stride, padding and dilation. */
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
            op + ": found padding " + padding + " and a second padding, expected only one");
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

  /** Checks the window of a one-dimensional pooling layer. */
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

  /** Returns {@code sides}, or if null, {@code padding} for each side. */
  static Sides sides(Size padding, @Nullable Sides sides) {
    return sides == null ? Sides.of(padding) : sides;
  }

  /**
   * Returns the extent of a dilated kernel in pixels. With padding as wide as this, a window could
   * contain only padding.
   */
  private static long extent(long kernel, long dilation) {
    return dilation * (kernel - 1) + 1;
  }
}
