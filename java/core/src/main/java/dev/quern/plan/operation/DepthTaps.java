package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.AddKernel;
import dev.quern.kernel.StridedCopyKernel;
import dev.quern.layer.volume.Conv3d;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/**
 * The images of a three-dimensional convolution, one for each output slice: the channels of a pixel
 * are those of the input slices at the kernel's depths, ordered by group, depth, channel. Slices of
 * the padding are zeros.
 */
final class DepthTaps {
  /** The approximate size of the images of one call, which fit in the cache with the weights. */
  private static final long CHUNK = 4 << 20;

  private final Conv3d conv;
  private final Pointer zero;
  private final long depth;
  private final long slices;
  private final long plane;
  private final long channels;
  private final long outChannels;

  /**
   * Creates the images.
   *
   * @param zero memory that contains zeros
   */
  DepthTaps(Pointer zero, Conv3d conv, Shape in, Shape out) {
    this.zero = zero;
    this.conv = conv;
    depth = in.dim(1);
    slices = out.dim(1);
    plane = in.dim(2) * in.dim(3);
    channels = in.dim(0);
    outChannels = out.dim(0);
  }

  /** Returns the shape of one image. */
  static Shape image(Conv3d conv, Shape in) {
    return Shape.of(
        Math.multiplyExact(in.dim(0), (long) conv.kernel().depth()), in.dim(2), in.dim(3));
  }

  /**
   * Returns the number of images of one call. It depends on shapes only; in large layers, the
   * images take more memory than the weights, whose gradients are added after each call.
   */
  static long images(Conv3d conv, Shape in, Shape out, long batch) {
    long bytes = Float.BYTES * image(conv, in).elements();
    long weights = Float.BYTES * conv.weightShape(in.dim(0)).elements();
    long most = Math.max(1, Math.max(CHUNK, weights) / Math.max(1, bytes));
    long all = Math.multiplyExact(batch, out.dim(1));
    long calls = (all + most - 1) / most;
    return (all + calls - 1) / calls;
  }

  long imageBytes() {
    return Float.BYTES * plane * channels * conv.kernel().depth();
  }

  /** Returns the size of one sample's slices at one depth of the kernel. */
  long tapBytes() {
    return Float.BYTES * plane * channels * slices;
  }

  /** Returns the number of the convolution's weights. */
  long weights() {
    return conv.weightShape(channels).elements();
  }

  /** Returns the copy from the layer's weights to those of the two-dimensional convolution. */
  static StridedCopyKernel toTaps(Shape weight) {
    long inputs = weight.dim(1);
    long depths = weight.dim(2);
    long plane = weight.dim(3) * weight.dim(4);
    return new StridedCopyKernel(
        new long[] {weight.dim(0), inputs, depths, plane},
        new long[] {inputs * depths * plane, depths * plane, plane, 1},
        new long[] {inputs * depths * plane, plane, inputs * plane, 1});
  }

  StridedCopyKernel order() {
    return toTaps(conv.weightShape(channels));
  }

  /** Receives the slices at one depth of the kernel that lie in the input, of one sample. */
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

  private void eachRun(long first, long count, Run run) {
    long stride = conv.stride().depth();
    for (long at = first; at < first + count; ) {
      long sample = at / slices;
      long from = at % slices;
      long to = Math.min(slices, from + first + count - at);
      for (long tap = 0; tap < conv.kernel().depth(); tap++) {
        long shift = tap * conv.dilation().depth() - conv.padding().depth();
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
    return channels / conv.groups();
  }

  private long imageAt(long image, long tap) {
    return image * imageBytes() + Float.BYTES * tap * inGroup();
  }

  private StridedCopyKernel copy(long count, boolean padding) {
    long c = inGroup();
    long slice = plane * channels;
    long taps = conv.kernel().depth();
    return new StridedCopyKernel(
        new long[] {count, plane * conv.groups(), c},
        padding ? new long[3] : new long[] {conv.stride().depth() * slice, c, 1},
        new long[] {taps * slice, taps * c, 1});
  }

  /**
   * Copies input slices to the images of a call.
   *
   * @param from the offset of the input
   * @param to the offset of the images
   */
  void gather(OffHeap memory, long from, long to, long first, long images) {
    eachRun(
        first,
        images,
        (image, tap, slice, count) -> {
          Pointer target = memory.pointer(to + imageAt(image, tap));
          Pointer source =
              slice < 0 ? zero : memory.pointer(from + Float.BYTES * slice * plane * channels);
          copy(count, slice < 0).forward(source, target);
        });
  }

  /**
   * Adds the gradients of the images of a call to those of the input slices.
   *
   * @param from the offset of the images' gradients
   * @param to the offset of the input's gradient
   * @param apart the offset of memory for one tap's gradients
   */
  void scatter(OffHeap memory, long from, long to, long apart, long first, long images) {
    long slice = plane * channels;
    long c = inGroup();
    long taps = conv.kernel().depth();
    eachRun(
        first,
        images,
        (image, tap, at, count) -> {
          if (at < 0) {
            return;
          }
          new StridedCopyKernel(
                  new long[] {count, plane * conv.groups(), c},
                  new long[] {taps * slice, taps * c, 1},
                  new long[] {slice, c, 1})
              .forward(memory.pointer(from + imageAt(image, tap)), memory.pointer(apart));
          long run = conv.stride().depth() == 1 ? count : 1;
          for (long i = 0; i < count; i += run) {
            Pointer sum =
                memory.pointer(to + Float.BYTES * slice * (at + i * conv.stride().depth()));
            AddKernel.forward(
                run * slice, memory.pointer(apart + Float.BYTES * slice * i), sum, sum);
          }
        });
  }
}
