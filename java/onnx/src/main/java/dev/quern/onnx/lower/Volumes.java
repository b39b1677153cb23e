package dev.quern.onnx.lower;

import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.onnx.fold.Index;
import dev.quern.onnx.fold.Slices;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Value;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Three-dimensional convolution and pooling, decomposed into two-dimensional layers. */
final class Volumes {
  /**
   * The maximum number of positions in a kernel's height and width; each position becomes several
   * layers.
   */
  private static final int MOST_TAPS = 1024;

  private Volumes() {}

  /**
   * Returns a 3d convolution of {@code [C, D, H, W]}. The inputs at each position of the kernel's
   * height and width are concatenated as channels, and a convolution along the depth sums them.
   */
  static Value conv(Site s, Value x, Const w, @Nullable Const b, Window window, int groups) {
    long[] d = x.dims();
    long c = d[1];
    Window plane = window.axes(1, 2);
    if (Math.multiplyExact(plane.kernel(0), plane.kernel(1)) > MOST_TAPS) {
      throw new Refusal(
          "a kernel of height and width "
              + plane.kernel(0)
              + "x"
              + plane.kernel(1)
              + " is too large for a 3d convolution");
    }
    for (int i = 0; i < 2; i++) {
      if (plane.begin(i) < 0 || plane.end(i) < 0) {
        throw new Refusal("pads " + plane.begin(i) + ", " + plane.end(i) + " must be at least 0");
      }
    }
    // [C D, H, W]: every depth is a channel of the plane
    String in = s.parts.reshape(s.samples(x).node(), Shape.of(c * d[2], d[3], d[4]));
    if (plane.begin(0) > 0 || plane.begin(1) > 0 || plane.end(0) > 0 || plane.end(1) > 0) {
      in = s.layer(new ZeroPad2d(plane.begin(1), plane.end(1), plane.begin(0), plane.end(0)), in);
    }
    Shape padded = s.parts.shapes.get(in);
    long h = 1 + (padded.dim(1) - reach(plane, 0)) / plane.stride(0);
    long v = 1 + (padded.dim(2) - reach(plane, 1)) / plane.stride(1);
    List<String> taps = new ArrayList<>();
    for (int i = 0; i < plane.kernel(0); i++) {
      for (int j = 0; j < plane.kernel(1); j++) {
        String rows = cut(s, in, 1, i * plane.dilation(0), h, plane.stride(0));
        String tap = cut(s, rows, 2, j * plane.dilation(1), v, plane.stride(1));
        taps.add(s.parts.reshape(tap, Shape.of(c, 1, d[2] * h * v)));
      }
    }
    // [K C, ...] is ordered by tap, then channel; groups require the order by channel, then tap
    String side =
        taps.size() == 1 ? taps.get(0) : s.layer(new Concat(), taps.toArray(String[]::new));
    long k = taps.size();
    String mixed =
        s.layer(new Permute(1, 0, 2), s.parts.reshape(side, Shape.of(k, c, d[2] * h * v)));
    String columns = s.parts.reshape(mixed, Shape.of(c * k, d[2], h * v));
    Const flat = w.as(w.dims()[0], w.dims()[1], w.dims()[2], k);
    Conv2d layer =
        new Conv2d(
            Math.toIntExact(w.dims()[0]),
            new Size(window.kernel(0), 1),
            new Size(window.stride(0), 1),
            Size.of(0),
            new Size(window.dilation(0), 1),
            groups,
            b != null,
            new Sides(0, 0, window.begin(0), window.end(0)),
            false);
    String made =
        s.layer(
            layer,
            ConvolutionRules.weights(Index.transpose(flat, 0, 1, 3, 2).floats(), b),
            columns);
    return s.made(made, d[0], w.dims()[0], s.parts.shapes.get(made).dim(1), h, v);
  }

  private static long reach(Window w, int i) {
    return (long) w.dilation(i) * (w.kernel(i) - 1) + 1;
  }

  private static String cut(Site s, String in, int axis, int start, long count, int step) {
    int end = Math.toIntExact(start + (count - 1) * step + 1);
    long size = s.parts.shapes.get(in).dim(axis);
    return start == 0 && step == 1 && end == size
        ? in
        : s.layer(new Slice(axis, start, end, step), in);
  }

  /**
   * Returns a 3d transposed convolution: zeros are inserted between and around the input's
   * elements, and the result is convolved with the mirrored kernel.
   */
  static Value transposed(Site s, Value x, Const w, @Nullable Const b, Window window, int groups) {
    Value v = x;
    long[] pads = new long[2 * x.rank()];
    for (int i = 0; i < 3; i++) {
      v = spread(s, v, i + 2, window.stride(i));
      long reach = (long) window.dilation(i) * (window.kernel(i) - 1);
      pads[i + 2] = reach - window.begin(i);
      pads[x.rank() + i + 2] = reach - window.end(i) + window.outputPadding(i);
    }
    v = PadRules.padded(s, v, pads, "constant", 0);
    long[] d = w.dims();
    long out = d[1] * groups;
    long taps = Dims.elements(d, 2, d.length);
    Const turned = Index.transpose(w.as(groups, d[0] / groups, d[1], taps), 0, 2, 1, 3);
    Const mirrored = Index.reversed(turned.as(out * (d[0] / groups), taps), 1);
    Const kernel = mirrored.as(out, d[0] / groups, d[2], d[3], d[4]);
    return conv(s, v, kernel, b, window.plain(), groups);
  }

  /**
   * Returns a value with {@code step - 1} zeros inserted between consecutive elements of an axis.
   */
  private static Value spread(Site s, Value x, int axis, int step) {
    if (step == 1) {
      return x;
    }
    long[] d = x.dims();
    long before = Dims.elements(d, 1, axis);
    Value apart = s.made(x.node(), d[0], before, d[axis], 1, Dims.elements(d, axis + 1, d.length));
    Value filled = PadRules.filled(s, apart, 3, 0, step - 1, 0);
    Value whole = s.made(filled.node(), Dims.with(d, axis, d[axis] * step));
    long kept = (d[axis] - 1) * step + 1;
    return ShapeRules.cut(s, whole, List.of(new Slices.Cut(axis, 0, kept, 1)));
  }

  /**
   * Returns a 3d pooling, computed over height and width, then over depth; this is exact for maxima
   * and means.
   */
  static Value pool(Site s, Value x, Window window, Function<Window, Layer> pool) {
    long[] d = x.dims();
    String in = s.parts.reshape(s.samples(x).node(), Shape.of(d[1] * d[2], d[3], d[4]));
    String plane = s.layer(pool.apply(window.axes(1, 2)), in);
    Shape p = s.parts.shapes.get(plane);
    String depth = s.parts.reshape(plane, Shape.of(d[1], d[2], p.dim(1) * p.dim(2)));
    Layer along = pool.apply(window.axes(0).plane().turned());
    String made = s.layer(along, depth);
    return s.made(made, d[0], d[1], s.parts.shapes.get(made).dim(1), p.dim(1), p.dim(2));
  }
}
