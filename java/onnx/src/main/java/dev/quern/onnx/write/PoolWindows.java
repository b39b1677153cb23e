package dev.quern.onnx.write;

import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Where a pool's windows lie, by axis.
 *
 * @param size of the input; {@link Shape#FREE} where nobody knows it yet
 */
record PoolWindows(long[] size, long[] kernel, long[] stride, long[] padding, long[] dilation) {
  /**
   * Of the last axes of a sample.
   *
   * @param axes 2, or 1 where the window's width is that of a signal's
   */
  PoolWindows(Shape in, int axes, Size kernel, Size stride, Size padding, Size dilation) {
    this(
        Arrays.copyOfRange(in.toArray(), in.rank() - axes, in.rank()),
        last(kernel, axes),
        last(stride, axes),
        last(padding, axes),
        last(dilation, axes));
  }

  private static long[] last(Size size, int axes) {
    return axes == 1 ? new long[] {size.width()} : ConvolutionForms.both(size);
  }

  private IntStream axes() {
    return IntStream.range(0, kernel.length);
  }

  boolean isPadded() {
    return Arrays.stream(padding).anyMatch(p -> p > 0);
  }

  /** What the windows of ceil mode need behind the padded input. */
  private long more(int axis) {
    long reach = dilation[axis] * (kernel[axis] - 1) + 1;
    long padded = size[axis] + 2 * padding[axis];
    long steps = -Math.floorDiv(reach - padded, stride[axis]); // rounded up
    if (steps * stride[axis] >= size[axis] + padding[axis]) {
      steps--; // it would begin in the padding behind
    }
    return Math.max(0, steps * stride[axis] + reach - padded);
  }

  boolean isFree() {
    return Arrays.stream(size).anyMatch(s -> s == Shape.FREE);
  }

  /** Whether ceil mode adds a window at these sizes, or may add one. */
  boolean isLonger() {
    return isFree() || axes().anyMatch(a -> more(a) > 0);
  }

  /** Whether pads can say what ceil mode does: runtimes want each to be less than the kernel. */
  boolean isExplicit() {
    return !isFree() && axes().allMatch(a -> padding[a] + more(a) < kernel[a]);
  }

  /**
   * Begins, then ends.
   *
   * @param padded whether there is the padding
   * @param ceil whether there is what ceil mode adds
   */
  long[] pads(boolean padded, boolean ceil) {
    int n = kernel.length;
    long[] all = new long[2 * n];
    axes()
        .forEach(
            a -> {
              all[a] = padded ? padding[a] : 0;
              all[n + a] = all[a] + (ceil ? more(a) : 0);
            });
    return all;
  }

  /** Of a batch of samples, whose first two axes have none. */
  long[] padsOfAllAxes() {
    int n = kernel.length;
    long[] all = new long[2 * (n + 2)];
    axes()
        .forEach(
            a -> {
              all[2 + a] = padding[a];
              all[n + 4 + a] = padding[a];
            });
    return all;
  }
}
