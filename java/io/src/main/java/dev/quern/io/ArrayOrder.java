package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The conversion of an array's samples to the axis order of a data set.
 *
 * @param shape the sample shape of the data set
 * @param from for each value of a data set's sample, its index in the array's sample; null if the
 *     order is the same
 */
record ArrayOrder(Shape shape, int @Nullable [] from) {
  /** The maximum size of a channel axis. */
  private static final int MOST_CHANNELS = 4;

  /**
   * Returns the conversion for an array.
   *
   * @param what the operation, file and array, for messages
   * @param all the shape of the array, {@code [N, ...]}
   * @param layoutOrNull the layout; null to infer it from the shape
   */
  static ArrayOrder of(String what, Shape all, @Nullable ArrayLayout layoutOrNull) {
    Shape each = Shape.of(Arrays.copyOfRange(all.toArray(), Math.min(1, all.rank()), all.rank()));
    if (all.rank() < 2 || each.elements() < 1 || all.dim(0) < 1) {
      throw new FormatException(what + " of shape " + all + " is not an array of samples [N, ...]");
    }
    if (each.elements() > SafetensorsHeader.MAX_ELEMENTS
        || all.dim(0) > SafetensorsHeader.MAX_ELEMENTS) {
      throw new FormatException(what + ": samples of shape " + all + " do not fit in a Java array");
    }
    if (layoutOrNull == ArrayLayout.AS_IS || each.rank() != 2 && each.rank() != 3) {
      return new ArrayOrder(each, null);
    }
    if (each.rank() == 2) { // gray images
      return new ArrayOrder(Shape.of(1, each.dim(0), each.dim(1)), null);
    }
    ArrayLayout layout = layoutOrNull == null ? told(what, all, each) : layoutOrNull;
    if (layout == ArrayLayout.NCHW) {
      return new ArrayOrder(each, null);
    }
    Shape shape = Shape.of(each.dim(2), each.dim(0), each.dim(1));
    return new ArrayOrder(shape, each.dim(2) == 1 ? null : channelsFirst(each));
  }

  private static ArrayLayout told(String what, Shape all, Shape each) {
    boolean first = each.dim(0) <= MOST_CHANNELS;
    boolean last = each.dim(2) <= MOST_CHANNELS;
    if (first == last) {
      throw new FormatException(
          what
              + ": shape "
              + all
              + " fits [N, C, H, W] and [N, H, W, C]: choose the layout nchw, nhwc or as_is");
    }
    return first ? ArrayLayout.NCHW : ArrayLayout.NHWC;
  }

  private static int[] channelsFirst(Shape each) {
    int plane = (int) (each.dim(0) * each.dim(1));
    int channels = (int) each.dim(2);
    int[] from = new int[plane * channels];
    for (int c = 0, to = 0; c < channels; c++) {
      for (int p = 0; p < plane; p++, to++) {
        from[to] = p * channels + c;
      }
    }
    return from;
  }

  int each() {
    return (int) shape.elements();
  }

  /** Reorders all samples of an array in place. */
  void apply(byte[] all) {
    byte[] sample = from == null ? null : new byte[from.length];
    for (int at = 0; from != null && at < all.length; at += from.length) {
      System.arraycopy(all, at, sample, 0, sample.length);
      for (int i = 0; i < sample.length; i++) {
        all[at + i] = sample[from[i]];
      }
    }
  }

  /** Reorders all float samples of an array in place, like {@link #apply(byte[])}. */
  void apply(float[] all) {
    float[] sample = from == null ? null : new float[from.length];
    for (int at = 0; from != null && at < all.length; at += from.length) {
      System.arraycopy(all, at, sample, 0, sample.length);
      for (int i = 0; i < sample.length; i++) {
        all[at + i] = sample[from[i]];
      }
    }
  }
}
