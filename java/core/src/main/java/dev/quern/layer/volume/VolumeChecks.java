package dev.quern.layer.volume;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;

/** Checks of three-dimensional layers, and the output shape of their windows. */
final class VolumeChecks {
  private static final Size3 ONE = Size3.of(1);

  private VolumeChecks() {}

  /** Checks the options of a layer. */
  static void window(String op, Size3 kernel, Size3 stride, Size3 padding, Size3 dilation) {
    atLeast(op, "kernel", kernel, 1);
    atLeast(op, "stride", stride, 1);
    atLeast(op, "padding", padding, 0);
    atLeast(op, "dilation", dilation, 1);
  }

  private static void atLeast(String op, String what, Size3 value, int least) {
    if (value == null || value.depth() < least || value.height() < least || value.width() < least) {
      throw new InvalidArgumentException(
          op + ": " + what + " " + value + " must be at least " + least);
    }
  }

  /** Checks the options of a pooling layer, where no window may contain only padding. */
  static void pooling(String op, Size3 kernel, Size3 stride, Size3 padding, Size3 dilation) {
    window(op, kernel, stride, padding, dilation);
    if (padding.depth() >= extent(kernel.depth(), dilation.depth())
        || padding.height() >= extent(kernel.height(), dilation.height())
        || padding.width() >= extent(kernel.width(), dilation.width())) {
      throw new InvalidArgumentException(
          op
              + ": padding "
              + padding
              + " must be less than the kernel's extent "
              + extent(kernel.depth(), dilation.depth())
              + "x"
              + extent(kernel.height(), dilation.height())
              + "x"
              + extent(kernel.width(), dilation.width()));
    }
  }

  private static long extent(long kernel, long dilation) {
    return dilation * (kernel - 1) + 1;
  }

  static void volume(String op, Shape input) {
    if (Checks.any(op, input).rank() != 4) {
      throw new ShapeException(
          op + ": input " + input + " is not a volume [channels, depth, height, width]");
    }
  }

  /**
   * Returns the output shape; throws an exception if the kernel is larger than the padded input.
   */
  static Shape output(
      String op,
      Shape in,
      long channels,
      Size3 kernel,
      Size3 stride,
      Size3 padding,
      Size3 dilation,
      boolean ceil) {
    volume(op, in);
    long d = side(in, 1, kernel.depth(), stride.depth(), padding.depth(), dilation.depth(), ceil);
    long h =
        side(in, 2, kernel.height(), stride.height(), padding.height(), dilation.height(), ceil);
    long w = side(in, 3, kernel.width(), stride.width(), padding.width(), dilation.width(), ceil);
    if (d == 0 || h == 0 || w == 0) {
      throw new ShapeException(
          op
              + ": kernel "
              + kernel
              + (dilation.equals(ONE) ? "" : " with dilation " + dilation)
              + (padding.equals(Size3.of(0)) ? "" : " and padding " + padding)
              + " does not fit the input "
              + in);
    }
    return Shape.of(channels, d, h, w);
  }

  /** Returns an output's size along an axis; 0 if the kernel does not fit. */
  private static long side(
      Shape in, int axis, long kernel, long stride, long padding, long dilation, boolean ceil) {
    if (in.isFree(axis)) {
      return Shape.FREE;
    }
    long size = in.dim(axis);
    long room = size + 2 * padding - extent(kernel, dilation);
    if (size < 1 || size > Integer.MAX_VALUE || room < 0) {
      return 0;
    }
    long out = (ceil ? room + stride - 1 : room) / stride + 1;
    // in ceil mode, the last window must start inside the input or the padding before it
    long kept = ceil && (out - 1) * stride >= size + padding ? out - 1 : out;
    return kept > Integer.MAX_VALUE ? 0 : kept;
  }
}
