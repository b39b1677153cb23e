package dev.quern.onnx.lower;

import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Layer;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.volume.AvgPool3d;
import dev.quern.layer.volume.Conv3d;
import dev.quern.layer.volume.MaxPool3d;
import dev.quern.onnx.fold.Index;
import dev.quern.onnx.fold.Slices;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Value;
import dev.quern.onnx.graph.Window;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Three-dimensional convolution and pooling. */
final class Volumes {
  private Volumes() {}

  /** Returns a 3d convolution. Padding that differs on opposite sides is added before it. */
  static Value conv(Site s, Value x, Const w, @Nullable Const b, Window window, int groups) {
    int n = x.rank();
    long[] more = new long[2 * n];
    int[] even = new int[3];
    for (int i = 0; i < 3; i++) {
      if (window.begin(i) < 0 || window.end(i) < 0) {
        throw new Refusal("pads " + window.begin(i) + ", " + window.end(i) + " must be at least 0");
      }
      even[i] = Math.min(window.begin(i), window.end(i));
      more[i + 2] = window.begin(i) - even[i];
      more[n + i + 2] = window.end(i) - even[i];
    }
    Value padded = PadRules.padded(s, x, more, "constant", 0);
    Conv3d layer =
        new Conv3d(
            Math.toIntExact(w.dims()[0]),
            size(window::kernel),
            size(window::stride),
            new Size3(even[0], even[1], even[2]),
            size(window::dilation),
            groups,
            b != null);
    String in = s.samples(padded).node();
    return s.like(x, s.layer(layer, ConvolutionRules.weights(w.floats(), b), in));
  }

  private static Size3 size(IntUnaryOperator of) {
    return new Size3(of.applyAsInt(0), of.applyAsInt(1), of.applyAsInt(2));
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
   * Returns a 3d pooling. Without a layer for its options, it is computed over height and width,
   * then over depth; this is exact for maxima and means.
   */
  static Value pool(Site s, Value x, Window window, Function<Window, Layer> pool) {
    Layer slices = pool.apply(window.axes(1, 2));
    Layer whole = window.isEven() ? whole(slices, window) : null;
    if (whole != null) {
      return s.like(x, s.layer(whole, s.samples(x).node()));
    }
    long[] d = x.dims();
    String in = s.parts.reshape(s.samples(x).node(), Shape.of(d[1] * d[2], d[3], d[4]));
    String plane = s.layer(slices, in);
    Shape p = s.parts.shapes.get(plane);
    String depth = s.parts.reshape(plane, Shape.of(d[1], d[2], p.dim(1) * p.dim(2)));
    Layer along = pool.apply(window.axes(0).plane().turned());
    String made = s.layer(along, depth);
    return s.made(made, d[0], d[1], s.parts.shapes.get(made).dim(1), p.dim(1), p.dim(2));
  }

  /**
   * Returns a pooling with the options of the pooling of slices; null if there is no such layer.
   */
  private static @Nullable Layer whole(Layer slices, Window window) {
    Size3 kernel = size(window::kernel);
    Size3 stride = size(window::stride);
    Size3 padding = size(window::begin);
    Size3 dilation = size(window::dilation);
    if (slices instanceof MaxPool2d max) {
      return new MaxPool3d(kernel, stride, padding, dilation, max.ceilMode());
    }
    return slices instanceof AvgPool2d mean && dilation.equals(Size3.of(1))
        ? new AvgPool3d(kernel, stride, padding, mean.ceilMode(), mean.countIncludePad())
        : null;
  }
}
