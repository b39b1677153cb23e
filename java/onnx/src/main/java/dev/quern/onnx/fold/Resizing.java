package dev.quern.onnx.lower;

import dev.quern.layer.shape.ResizeLike;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The resizing of one axis.
 *
 * @param from the size of the input along the axis
 * @param to the size of the result along the axis
 * @param scale the node's scale, from which the size of the result is rounded
 * @param begin the start of a crop, from 0 to 1
 * @param end the end of a crop, from 0 to 1
 */
record Resizing(
    int axis, long from, long to, double scale, double begin, double end, Interpolation how) {
  Resizing {
    if (to < 1) {
      throw new Refusal("an axis of size " + from + " cannot be resized to " + to);
    }
    ShapeRules.places(to);
  }

  /** Returns the resizing of each axis of a node whose scales or sizes are inputs. */
  static List<Resizing> of(Site s, long[] dims) {
    Interpolation how = Interpolation.of(s);
    if (s.opset < 11) {
      return byScales(dims, s.constant(1, "the scales").floats(), how);
    }
    int[] axes = axes(s, dims.length);
    float[] roi = ResizeRules.numbers(s, 1, "the roi");
    float[] scales = ResizeRules.numbers(s, 2, "the scales");
    Const sizes = s.optional(3, "the sizes");
    if (sizes != null && sizes.elements() > 0) {
      return bySizes(s, dims, axes, sizes.longs(), roi, how);
    }
    return byScales(dims, axes, scales, roi, how);
  }

  private static int[] axes(Site s, int rank) {
    long[] named = s.attributes().numbers("axes");
    return named == null
        ? IntStream.range(0, rank).toArray()
        : Arrays.stream(named).mapToInt(axis -> Dims.axis(axis, rank)).toArray();
  }

  private static Resizing one(
      int axis, long from, long to, double scale, float[] roi, int i, int n, Interpolation how) {
    boolean cut = how.coordinates().equals("tf_crop_and_resize");
    if (cut && roi.length != 2 * n) {
      throw new Refusal("roi has " + roi.length + " values for " + n + " axes");
    }
    return new Resizing(axis, from, to, scale, cut ? roi[i] : 0, cut ? roi[i + n] : 1, how);
  }

  /** Returns the resizing of all axes by the given scales. */
  static List<Resizing> byScales(long[] dims, float[] scales, Interpolation how) {
    return byScales(dims, IntStream.range(0, dims.length).toArray(), scales, new float[0], how);
  }

  private static List<Resizing> byScales(
      long[] dims, int[] axes, float[] scales, float[] roi, Interpolation how) {
    if (scales.length != axes.length) {
      throw new Refusal("scales has " + scales.length + " values for " + axes.length + " axes");
    }
    List<Resizing> all = new ArrayList<>();
    for (int i = 0; i < axes.length; i++) {
      long size = dims[axes[i]];
      all.add(one(axes[i], size, scaled(size, scales[i]), scales[i], roi, i, axes.length, how));
    }
    return all;
  }

  private static long scaled(long size, float scale) {
    double to = Math.floor(size * (double) scale);
    if (!(to >= 1 && to <= 1 << 30)) {
      throw new Refusal("scale " + scale + " resizes an axis of " + size + " to " + to);
    }
    return (long) to;
  }

  private static List<Resizing> bySizes(
      Site s, long[] dims, int[] axes, long[] sizes, float[] roi, Interpolation how) {
    if (sizes.length != axes.length) {
      throw new Refusal("sizes has " + sizes.length + " values for " + axes.length + " axes");
    }
    String policy = s.attributes().text("keep_aspect_ratio_policy", "stretch");
    double[] scales = new double[axes.length];
    for (int i = 0; i < axes.length; i++) {
      scales[i] = (double) sizes[i] / dims[axes[i]];
    }
    double kept =
        policy.equals("not_smaller")
            ? Arrays.stream(scales).max().orElse(1)
            : Arrays.stream(scales).min().orElse(1);
    List<Resizing> all = new ArrayList<>();
    for (int i = 0; i < axes.length; i++) {
      boolean stretch = policy.equals("stretch");
      long size = dims[axes[i]];
      long to = stretch ? sizes[i] : (long) Math.floor(kept * size + 0.5);
      all.add(one(axes[i], size, to, stretch ? scales[i] : kept, roi, i, axes.length, how));
    }
    return all;
  }

  boolean isStill() {
    return from == to && scale == 1 && begin == 0 && end == 1;
  }

  boolean isNearest() {
    return how.mode().equals("nearest");
  }

  private double at(long i) {
    return how.at(i, from, to, scale, begin, end);
  }

  /**
   * Returns for each position in the result the position in the input from which the element is
   * copied.
   */
  long[] nearest() {
    long[] out = new long[Math.toIntExact(to)];
    for (int i = 0; i < out.length; i++) {
      double at = at(i);
      if (isOutside(at)) {
        throw new Refusal("extrapolation outside a crop is not supported with mode nearest");
      }
      out[i] = Math.min(Math.max(how.rounded(at), 0), from - 1);
    }
    return out;
  }

  boolean isOutside(double at) {
    return how.coordinates().equals("tf_crop_and_resize") && (at < 0 || at > from - 1);
  }

  /** Returns whether the resizing repeats each element the same number of times. */
  boolean repeats() {
    if (!isNearest() || to % from != 0) {
      return false;
    }
    long[] at = nearest();
    for (int i = 0; i < at.length; i++) {
      if (at[i] != i / (to / from)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns whether this is the linear interpolation that the bilinear upsampling layer computes.
   */
  boolean isLinear(boolean corners) {
    boolean plain = how.mode().equals("linear") && !how.antialias() && !how.excludeOutside();
    return plain
        && (corners
            ? how.coordinates().equals("align_corners")
            : how.coordinates().equals("half_pixel")
                || how.coordinates().equals("pytorch_half_pixel") && to > 1);
  }

  /**
   * Returns the mode in which a {@link ResizeLike} layer computes this resizing to a dynamic size.
   *
   * @throws Refusal if no mode matches
   */
  ResizeLike.Mode like() {
    if (isNearest()) {
      switch (how.coordinates() + " " + how.rounding()) {
        case "asymmetric floor":
          return ResizeLike.Mode.NEAREST;
        case "half_pixel round_prefer_ceil", "tf_half_pixel_for_nn floor":
          return ResizeLike.Mode.NEAREST_EXACT;
        default:
      }
    } else {
      for (boolean corners : new boolean[] {false, true}) {
        if (isLinear(corners)) {
          return corners ? ResizeLike.Mode.BILINEAR_ALIGNED : ResizeLike.Mode.BILINEAR;
        }
      }
    }
    throw new Refusal(
        "resizing to a dynamic size is not supported with mode "
            + how.mode()
            + ", coordinate_transformation_mode "
            + how.coordinates()
            + (isNearest() ? " and nearest_mode " + how.rounding() : ""));
  }

  /**
   * Returns a matrix {@code [from, to]} with the weight of each input element in each element of
   * the result.
   */
  float[] matrix() {
    if (from * to > 1 << 24) {
      throw new Refusal("resizing an axis from " + from + " to " + to + " is too much work");
    }
    float[] out = new float[Math.toIntExact(from * to)];
    double narrow = how.antialias() ? Math.min(scale, 1) : 1;
    int reach = (int) -(Math.floor(-how.reach() / narrow) + 1);
    for (int i = 0; i < to; i++) {
      double at = at(i);
      if (isOutside(at)) {
        continue;
      }
      long base = (long) Math.ceil(at) - 1;
      double[] weights = new double[2 * reach + 2];
      double sum = 0;
      for (int k = 0; k < weights.length; k++) {
        long place = base - reach + k;
        boolean counts = !how.excludeOutside() || place >= 0 && place < from;
        weights[k] = counts ? how.weight((place - at) * narrow) : 0;
        sum += weights[k];
      }
      for (int k = 0; k < weights.length; k++) {
        long place = Math.min(Math.max(base - reach + k, 0), from - 1);
        out[Math.toIntExact(place * to + i)] += (float) (weights[k] / sum);
      }
    }
    return out;
  }

  /**
   * Returns the value that is added to each element of the result, for positions outside a crop;
   * empty if all are 0.
   */
  float[] filled() {
    float[] out = new float[Math.toIntExact(to)];
    boolean any = false;
    for (int i = 0; i < out.length; i++) {
      out[i] = isOutside(at(i)) ? how.outside() : 0;
      any |= out[i] != 0;
    }
    return any ? out : new float[0];
  }
}
