package dev.quern.onnx.fold;

import dev.quern.layer.shape.ResizeLike;
import dev.quern.onnx.graph.Attributes;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The resizing of one axis.
 *
 * @param from the size of the input along the axis
 * @param to the size of the result along the axis
 * @param scale the node's scale, from which the size of the result is rounded
 * @param begin the start of a crop, from 0 to 1
 * @param end the end of a crop, from 0 to 1
 */
public record Resizing(
    int axis, long from, long to, double scale, double begin, double end, Interpolation how) {
  /** The maximum size of an axis before and after its resizing. */
  private static final long MOST = 1 << 24;

  /**
   * Checks the sizes.
   *
   * @throws Refusal if the axis cannot be resized
   */
  public Resizing {
    if (to < 1 || from < 1) {
      throw new Refusal("an axis of size " + from + " cannot be resized to " + to);
    }
    if (to > MOST || from > MOST) {
      throw new Refusal(
          "resizing an axis from " + from + " to " + to + " exceeds " + MOST + " elements");
    }
  }

  /**
   * Returns the resizing of each axis of a Resize node.
   *
   * @param in the inputs from the second on as constants: the roi, the scales and the sizes, or,
   *     before opset 11, the scales; the first is not read
   * @param dims the dimensions of the first input
   */
  public static List<Resizing> of(Node node, long opset, List<@Nullable Const> in, long[] dims) {
    Attributes attributes = node.attributes();
    Interpolation how = Interpolation.of(attributes, opset);
    if (opset < 11) {
      return byScales(dims, Fold.given(node, in, 1).floats(), how);
    }
    int[] axes = axes(attributes, dims.length);
    float[] roi = numbers(in, 1);
    Const sizes = in.size() > 3 ? in.get(3) : null;
    if (sizes != null && sizes.elements() > 0) {
      return bySizes(attributes, dims, axes, sizes.longs(), roi, how);
    }
    return byScales(dims, axes, numbers(in, 2), roi, how);
  }

  /** Returns the elements of an input; empty if the input is omitted. */
  private static float[] numbers(List<@Nullable Const> in, int i) {
    Const c = i < in.size() ? in.get(i) : null;
    return c == null || c.elements() == 0
        ? new float[0]
        : Arrays.copyOf(c.floats(), (int) c.elements());
  }

  private static int[] axes(Attributes attributes, int rank) {
    long[] named = attributes.numbers("axes");
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
  public static List<Resizing> byScales(long[] dims, float[] scales, Interpolation how) {
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
      Attributes attributes,
      long[] dims,
      int[] axes,
      long[] sizes,
      float[] roi,
      Interpolation how) {
    if (sizes.length != axes.length) {
      throw new Refusal("sizes has " + sizes.length + " values for " + axes.length + " axes");
    }
    String policy = attributes.text("keep_aspect_ratio_policy", "stretch");
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

  public boolean isStill() {
    return from == to && scale == 1 && begin == 0 && end == 1;
  }

  public boolean isNearest() {
    return how.mode().equals("nearest");
  }

  private double at(long i) {
    return how.at(i, from, to, scale, begin, end);
  }

  /**
   * Returns for each position in the result the position in the input from which the element is
   * copied.
   */
  public long[] nearest() {
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
  public boolean repeats() {
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
  public boolean isLinear(boolean corners) {
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
  public ResizeLike.Mode like() {
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
  public float[] matrix() {
    if (from * to > 1 << 24) {
      throw new Refusal("resizing an axis from " + from + " to " + to + " is too much work");
    }
    float[] out = new float[Math.toIntExact(from * to)];
    int[] places = new int[taps()];
    float[] weights = new float[places.length];
    for (int i = 0; i < to; i++) {
      taps(i, places, weights);
      for (int k = 0; k < places.length; k++) {
        out[Math.toIntExact(places[k] * to + i)] += weights[k];
      }
    }
    return out;
  }

  private double narrow() {
    return how.antialias() ? Math.min(scale, 1) : 1;
  }

  private int reach() {
    return (int) -(Math.floor(-how.reach() / narrow()) + 1);
  }

  /** Returns the maximum number of input elements on which an element of the result depends. */
  int taps() {
    return 2 * reach() + 2;
  }

  /**
   * Writes the positions of the input elements on which an element of the result depends, and their
   * weights, {@link #taps} each.
   */
  void taps(int i, int[] places, float[] weights) {
    double at = at(i);
    if (isOutside(at)) {
      Arrays.fill(places, 0);
      Arrays.fill(weights, 0);
      return;
    }
    long first = (long) Math.ceil(at) - 1 - reach();
    double[] exact = new double[weights.length];
    double sum = 0;
    for (int k = 0; k < exact.length; k++) {
      long place = first + k;
      boolean counts = !how.excludeOutside() || place >= 0 && place < from;
      exact[k] = counts ? how.weight((place - at) * narrow()) : 0;
      sum += exact[k];
    }
    for (int k = 0; k < exact.length; k++) {
      places[k] = (int) Math.min(Math.max(first + k, 0), from - 1);
      weights[k] = (float) (exact[k] / sum);
    }
  }

  /**
   * Returns the value that is added to each element of the result, for positions outside a crop;
   * empty if all are 0.
   */
  public float[] filled() {
    float[] out = new float[Math.toIntExact(to)];
    boolean any = false;
    for (int i = 0; i < out.length; i++) {
      out[i] = isOutside(at(i)) ? how.outside() : 0;
      any |= out[i] != 0;
    }
    return any ? out : new float[0];
  }
}
