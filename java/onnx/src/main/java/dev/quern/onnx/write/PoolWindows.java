package dev.quern.onnx.write;

import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import dev.quern.tensor.Size3;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The windows of a pooling layer, by spatial axis.
 *
 * @param size the size of the input; {@link Shape#FREE} if it is dynamic
 * @param begin the padding before the input
 * @param end the padding after the input
 */
record PoolWindows(
    long[] size, long[] kernel, long[] stride, long[] begin, long[] end, long[] dilation) {
  /**
   * Creates the windows over the last axes of a sample.
   *
   * @param axes the number of spatial axes: 2 for an image, 1 for a signal
   */
  PoolWindows(Shape in, int axes, Size kernel, Size stride, Sides padding, Size dilation) {
    this(
        last(in.toArray(), axes),
        last(ConvolutionForms.both(kernel), axes),
        last(ConvolutionForms.both(stride), axes),
        last(new long[] {padding.top(), padding.left()}, axes),
        last(new long[] {padding.bottom(), padding.right()}, axes),
        last(ConvolutionForms.both(dilation), axes));
  }

  /** Creates the windows over the three axes of a volume. */
  PoolWindows(Shape in, Size3 kernel, Size3 stride, Size3 padding, Size3 dilation) {
    this(
        last(in.toArray(), 3),
        ConvolutionForms.all(kernel),
        ConvolutionForms.all(stride),
        ConvolutionForms.all(padding),
        ConvolutionForms.all(padding),
        ConvolutionForms.all(dilation));
  }

  private static long[] last(long[] all, int axes) {
    return Arrays.copyOfRange(all, all.length - axes, all.length);
  }

  private IntStream axes() {
    return IntStream.range(0, kernel.length);
  }

  boolean isPadded() {
    return axes().anyMatch(a -> begin[a] > 0 || end[a] > 0);
  }

  boolean isDilated() {
    return Arrays.stream(dilation).anyMatch(d -> d > 1);
  }

  boolean isFree() {
    return Arrays.stream(size).anyMatch(s -> s == Shape.FREE);
  }

  /**
   * Returns the padding at the end of an axis that the windows of ceil mode need in addition to the
   * layer's padding.
   */
  private long more(int axis) {
    long reach = dilation[axis] * (kernel[axis] - 1) + 1;
    long padded = begin[axis] + size[axis] + end[axis];
    long steps = -Math.floorDiv(reach - padded, stride[axis]); // rounded up
    if (steps * stride[axis] >= begin[axis] + size[axis]) {
      steps--; // it would start in the padding after the input
    }
    return Math.max(0, steps * stride[axis] + reach - padded);
  }

  /** Returns whether ceil mode adds a window at these sizes, or may add one at dynamic sizes. */
  boolean isLonger() {
    return isFree() || axes().anyMatch(a -> more(a) > 0);
  }

  /**
   * Returns whether runtimes accept the padding, which must be less than the kernel on each side.
   */
  boolean isTaken(boolean ceil) {
    long[] all = pads(true, ceil);
    return axes().allMatch(a -> Math.max(all[a], all[kernel.length + a]) < kernel[a]);
  }

  /**
   * Returns ONNX's attribute pads: the padding at the beginning of each axis, then at the end of
   * each axis.
   *
   * @param padded whether to include the layer's padding
   * @param ceil whether to include the padding that ceil mode adds
   */
  long[] pads(boolean padded, boolean ceil) {
    int n = kernel.length;
    long[] all = new long[2 * n];
    axes()
        .forEach(
            a -> {
              all[a] = padded ? begin[a] : 0;
              all[n + a] = (padded ? end[a] : 0) + (ceil ? more(a) : 0);
            });
    return all;
  }

  /**
   * Returns ONNX's attribute pads for all axes of a batch; the first two axes have no padding.
   *
   * @param ceil whether to include the padding that ceil mode adds
   */
  long[] padsOfAllAxes(boolean ceil) {
    int n = kernel.length;
    long[] own = pads(true, ceil);
    long[] all = new long[2 * (n + 2)];
    System.arraycopy(own, 0, all, 2, n);
    System.arraycopy(own, n, all, n + 4, n);
    return all;
  }

  /**
   * Returns for each window along an axis the number of its positions within the input or, if
   * padding counts, within the padded input.
   */
  long[] taps(int axis, long windows, boolean countIncludePad) {
    long from = countIncludePad ? -begin[axis] : 0;
    long to = size[axis] + (countIncludePad ? end[axis] : 0);
    long[] all = new long[Math.toIntExact(windows)];
    for (int i = 0; i < all.length; i++) {
      for (int t = 0; t < kernel[axis]; t++) {
        long at = i * stride[axis] + t * dilation[axis] - begin[axis];
        all[i] += at >= from && at < to ? 1 : 0;
      }
    }
    return all;
  }
}
