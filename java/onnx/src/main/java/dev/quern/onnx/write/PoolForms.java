package dev.quern.onnx.write;

import dev.quern.layer.AvgPool1d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.MaxPool1d;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.volume.AvgPool3d;
import dev.quern.layer.volume.MaxPool3d;
import dev.quern.onnx.graph.Refusal;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;
import java.util.Arrays;

/** The ONNX forms of max pooling and average pooling: MaxPool and AveragePool. */
final class PoolForms {
  /** The first opset in which AveragePool has dilations. */
  private static final int DILATED = 19;

  private PoolForms() {}

  static void addTo(LayerForms forms) {
    forms
        .add(AvgPool1d.class, (l, n) -> SignalForms.write(n, x -> avg1d(l, x, n)))
        .add(AvgPool2d.class, (l, n) -> avg(l, 2, n.in(), n))
        .add(AvgPool3d.class, PoolForms::avg3d)
        .add(MaxPool1d.class, (l, n) -> SignalForms.write(n, x -> max1d(l, x, n)))
        .add(MaxPool2d.class, (l, n) -> max(l, 2, n.in(), n))
        .add(MaxPool3d.class, PoolForms::max3d);
  }

  private static Value avg1d(AvgPool1d l, Value x, NodeWriter n) {
    return avg(l.as2d(), 1, x, n);
  }

  private static Value max1d(MaxPool1d l, Value x, NodeWriter n) {
    return max(l.as2d(), 1, x, n);
  }

  private static Value avg3d(AvgPool3d l, NodeWriter n) {
    PoolWindows w = new PoolWindows(n.shape(), l.kernel(), l.stride(), l.padding(), Size3.of(1));
    return avg(w, l.ceilMode(), l.countIncludePad(), n.in(), n);
  }

  private static Value max3d(MaxPool3d l, NodeWriter n) {
    PoolWindows w = new PoolWindows(n.shape(), l.kernel(), l.stride(), l.padding(), l.dilation());
    return max(w, l.ceilMode(), n.in(), n);
  }

  private static Value max(MaxPool2d l, int axes, Value x, NodeWriter n) {
    PoolWindows w =
        new PoolWindows(n.shape(), axes, l.kernel(), l.stride(), l.paddings(), l.dilation());
    return max(w, l.ceilMode(), x, n);
  }

  private static Value avg(AvgPool2d l, int axes, Value x, NodeWriter n) {
    PoolWindows w =
        new PoolWindows(n.shape(), axes, l.kernel(), l.stride(), l.paddings(), l.dilation());
    return avg(w, l.ceilMode(), l.countIncludePad(), x, n);
  }

  /**
   * Writes MaxPool. If sizes are known, ceil mode becomes additional padding at the end. Padding
   * that runtimes do not support becomes a Pad node.
   */
  private static Value max(PoolWindows w, boolean ceilMode, Value x, NodeWriter n) {
    boolean open = ceilMode && w.isFree();
    boolean more = ceilMode && !open;
    boolean taken = w.isTaken(more);
    Value in =
        taken
            ? x
            : n.op(
                "Pad",
                x,
                n.longs("pads", w.padsOfAllAxes(more)),
                n.number("least", Float.NEGATIVE_INFINITY));
    return windows(n.op("MaxPool", in), w)
        .with("pads", taken ? w.pads(true, more) : w.pads(false, false))
        .with("ceil_mode", open ? 1L : 0L);
  }

  /**
   * Writes AveragePool. In ceil mode, positions beyond the padding are not included in the divisor,
   * but runtimes differ in this. Therefore, padding that the divisor includes is added by a Pad
   * node, and AveragePool excludes its own padding.
   */
  private static Value avg(
      PoolWindows w, boolean ceilMode, boolean countIncludePad, Value x, NodeWriter n) {
    boolean counted = countIncludePad && w.isPadded();
    boolean longer = ceilMode && w.isLonger();
    if (counted && longer && w.isFree()) {
      throw new Refusal("counting its padding in ceil mode requires fixed height and width");
    }
    boolean before = counted && (longer || !w.isTaken(false));
    boolean open = longer && w.isFree();
    boolean more = longer && !open;
    if (w.isDilated() && (n.opset() < DILATED || !before && !w.isTaken(more))) {
      return sums(w, ceilMode, countIncludePad, x, n);
    }
    Value in = before ? zeros(x, w, n) : x;
    Value y =
        windows(n.op("AveragePool", in), w)
            .with("pads", w.pads(!before, more))
            .with("ceil_mode", open ? 1L : 0L);
    return y.with("count_include_pad", counted && !before ? 1L : 0L);
  }

  /**
   * Writes an average pooling as a convolution with ones, divided by the number of counted
   * positions of each window.
   */
  private static Value sums(
      PoolWindows w, boolean ceilMode, boolean countIncludePad, Value x, NodeWriter n) {
    if (w.isFree()) {
      throw new Refusal(
          "it has dilation, which AveragePool supports since opset "
              + DILATED
              + ", and height or width is dynamic");
    }
    Shape out = n.output();
    Shape ones = Shape.of(out.dim(0), 1, w.kernel()[0], w.kernel()[1]);
    float[] weight = new float[Math.toIntExact(ones.elements())];
    Arrays.fill(weight, 1);
    Value sum =
        windows(n.op("Conv", x, n.floats("ones", ones, weight)), w)
            .with("pads", w.pads(true, ceilMode))
            .with("group", out.dim(0));
    long[] down = w.taps(0, out.dim(1), countIncludePad);
    long[] across = w.taps(1, out.dim(2), countIncludePad);
    float[] taps = new float[down.length * across.length];
    for (int i = 0; i < taps.length; i++) { // a window without counted positions has the sum 0
      taps[i] = Math.max(1, down[i / across.length] * across[i % across.length]);
    }
    Shape plane = Shape.of(1, 1, down.length, across.length);
    return n.op("Div", sum, n.floats("taps", plane, taps));
  }

  /**
   * Writes a Pad with zeros around the input. The Pad lists its axes, since ONNX Runtime
   * incorrectly fuses a Pad without axes with the pool.
   */
  private static Value zeros(Value x, PoolWindows w, NodeWriter n) {
    return n.opset() < 18
        ? n.op("Pad", x, n.longs("pads", w.padsOfAllAxes(false)))
        : n.op(
            "Pad",
            x,
            n.longs("pads", w.pads(true, false)),
            Value.NONE,
            n.longs("axes", NodeWriter.range(2, w.kernel().length)));
  }

  private static Value windows(Value pool, PoolWindows w) {
    pool.with("kernel_shape", w.kernel()).with("strides", w.stride());
    return w.isDilated() ? pool.with("dilations", w.dilation()) : pool;
  }
}
