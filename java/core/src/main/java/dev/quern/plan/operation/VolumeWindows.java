package dev.quern.plan.operation;

import dev.quern.kernel.Window;
import dev.quern.plan.build.Builder;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Size3;

/**
 * The two windows of a pooling of volumes: height and width of each slice, then the depth. For
 * maxima, means and their gradients, this is exact.
 */
record VolumeWindows(Size3 kernel, Size3 stride, Size3 padding, Size3 dilation) {
  private static final Size ONE = Size.of(1);

  /**
   * Adds a pooling of images.
   *
   * @param images the number of images of a sample
   */
  interface Pooling {
    void add(Shape image, long images, Window window, Value in, Value to);
  }

  Value lower(Builder b, Value in, Shape out, Pooling pooling) {
    long channels = in.shape().dim(0);
    Value slices = in;
    if (!isPoint(kernel.plane(), stride.plane(), padding.plane())) {
      Shape pooled = Shape.of(channels, in.shape().dim(1), out.dim(2), out.dim(3));
      slices = value(b, in, pooled);
      Shape image = Shape.of(channels, in.shape().dim(2), in.shape().dim(3));
      Window plane = new Window(kernel.plane(), stride.plane(), padding.plane(), dilation.plane());
      pooling.add(image, in.shape().dim(1), plane, in, slices);
    }
    Size depth = new Size(kernel.depth(), 1);
    Size step = new Size(stride.depth(), 1);
    Size around = new Size(padding.depth(), 0);
    if (slices != in && isPoint(depth, step, around)) {
      return slices;
    }
    Value to = value(b, slices, out);
    Shape column =
        Shape.of(channels, in.shape().dim(1), Math.multiplyExact(out.dim(2), out.dim(3)));
    Window along = new Window(depth, step, around, new Size(dilation.depth(), 1));
    pooling.add(column, 1, along, slices, to);
    return to;
  }

  private static boolean isPoint(Size kernel, Size stride, Size padding) {
    return kernel.equals(ONE) && stride.equals(ONE) && padding.equals(Size.of(0));
  }

  private static Value value(Builder b, Value in, Shape out) {
    Value to = b.value(in, TensorType.of(out, out.elements() / out.dim(0)), false);
    b.touchDiffs(in, to);
    return to;
  }
}
