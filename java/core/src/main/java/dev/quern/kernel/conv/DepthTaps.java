package dev.quern.kernel.conv;

import dev.quern.internal.Address;
import dev.quern.kernel.AddKernel;
import dev.quern.kernel.StridedCopyKernel;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/**
 * The images of a three-dimensional convolution, one for each output slice: the channels of a pixel
 * are those of the input slices at the kernel's depths, ordered by group, depth, channel. Slices of
 * the padding are zeros.
 *
 * @param zero memory that contains a zero
 * @param depth the number of input slices of a sample
 * @param slices the number of output slices of a sample
 * @param plane the number of positions of an input slice
 */
record DepthTaps(
    Pointer zero,
    long depth,
    long slices,
    long plane,
    long channels,
    long groups,
    long taps,
    long stride,
    long padding,
    long dilation) {

  /** Receives a run of output slices of one sample that the same copy serves. */
  private interface Run {
    /**
     * Processes a run of output slices.
     *
     * @param image the index of the first image of the call
     * @param tap the kernel's depth
     * @param slice the input slice of the first image, of all samples; -1 for padding
     */
    void accept(long image, long tap, long slice, long count);
  }

  long imageBytes() {
    return sliceBytes() * taps;
  }

  private long sliceBytes() {
    return Float.BYTES * plane * channels;
  }

  /** Returns the size of one sample's slices at one depth of the kernel, without the padding. */
  long tapBytes() {
    return sliceBytes() * Math.min(slices, depth);
  }

  /**
   * Returns the copy of a weight {@code [O, C / groups, D, H, W]} to the order of the images'
   * channels.
   */
  static StridedCopyKernel order(Shape weight) {
    long inputs = weight.dim(1);
    long depths = weight.dim(2);
    long window = weight.dim(3) * weight.dim(4);
    return new StridedCopyKernel(
        new long[] {weight.dim(0), inputs, depths, window},
        new long[] {inputs * depths * window, depths * window, window, 1},
        new long[] {inputs * depths * window, window, inputs * window, 1});
  }

  private void eachRun(long first, long count, Run run) {
    for (long at = first; at < first + count; ) {
      long sample = at / slices;
      long from = at % slices;
      long to = Math.min(slices, from + first + count - at);
      for (long tap = 0; tap < taps; tap++) {
        long shift = tap * dilation - padding;
        // the output slices whose input slice d * stride + shift lies in the input
        long begin = clamp(shift >= 0 ? 0 : (-shift + stride - 1) / stride, from, to);
        long end = clamp(shift >= depth ? 0 : (depth - 1 - shift) / stride + 1, begin, to);
        long image = at - first - from;
        if (begin > from) {
          run.accept(image + from, tap, -1, begin - from);
        }
        if (end > begin) {
          run.accept(image + begin, tap, sample * depth + begin * stride + shift, end - begin);
        }
        if (to > end) {
          run.accept(image + end, tap, -1, to - end);
        }
      }
      at += to - from;
    }
  }

  private static long clamp(long value, long least, long most) {
    return Math.max(least, Math.min(value, most));
  }

  private long inGroup() {
    return channels / groups;
  }

  private Pointer tapOf(Pointer images, long image, long tap) {
    return at(images, image * imageBytes() + Float.BYTES * tap * inGroup());
  }

  private static Pointer at(Pointer start, long bytes) {
    return Address.pointer(start.address() + bytes);
  }

  /** Returns a copy of slices, from strides of these numbers of elements. */
  private StridedCopyKernel copy(long count, long[] from, long[] to) {
    return new StridedCopyKernel(new long[] {count, plane * groups, inGroup()}, from, to);
  }

  private long[] ofImages() {
    return new long[] {taps * plane * channels, taps * inGroup(), 1};
  }

  private long[] ofSlices(long step) {
    return new long[] {step * plane * channels, inGroup(), 1};
  }

  /** Copies input slices to the images of a call. */
  void gather(Pointer src, Pointer images, long first, long count) {
    eachRun(
        first,
        count,
        (image, tap, slice, run) -> {
          Pointer from = slice < 0 ? zero : at(src, slice * sliceBytes());
          long[] strides = slice < 0 ? new long[3] : ofSlices(stride);
          copy(run, strides, ofImages()).forward(from, tapOf(images, image, tap));
        });
  }

  /**
   * Adds the gradients of the images of a call to those of the input slices.
   *
   * @param apart memory of {@link #tapBytes}
   */
  void scatter(Pointer images, Pointer diffSrc, Pointer apart, long first, long count) {
    eachRun(
        first,
        count,
        (image, tap, slice, run) -> {
          if (slice < 0) {
            return;
          }
          copy(run, ofImages(), ofSlices(1)).forward(tapOf(images, image, tap), apart);
          long together = stride == 1 ? run : 1;
          for (long i = 0; i < run; i += together) {
            Pointer sum = at(diffSrc, (slice + i * stride) * sliceBytes());
            long elements = together * plane * channels;
            AddKernel.forward(elements, at(apart, i * sliceBytes()), sum, sum);
          }
        });
  }
}
