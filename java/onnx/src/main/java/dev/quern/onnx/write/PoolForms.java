package dev.quern.onnx.write;

import dev.quern.layer.AvgPool1d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.MaxPool1d;
import dev.quern.layer.MaxPool2d;
import dev.quern.tensor.Size;

/** MaxPool and AveragePool. */
final class PoolForms {
  private PoolForms() {}

  static void addTo(LayerForms forms) {
    forms
        .add(AvgPool1d.class, (l, n) -> SignalForms.write(n, x -> avg1d(l, x, n)))
        .add(AvgPool2d.class, PoolForms::avg2d)
        .add(MaxPool1d.class, (l, n) -> SignalForms.write(n, x -> max1d(l, x, n)))
        .add(MaxPool2d.class, PoolForms::max2d);
  }

  private static Value avg1d(AvgPool1d l, Value x, NodeWriter n) {
    AvgPool2d as = l.as2d();
    return avg(
        x,
        n,
        new PoolWindows(n.shape(), 1, as.kernel(), as.stride(), as.padding(), Size.of(1)),
        l.ceilMode(),
        l.countIncludePad());
  }

  private static Value avg2d(AvgPool2d l, NodeWriter n) {
    return avg(
        n.in(),
        n,
        new PoolWindows(n.shape(), 2, l.kernel(), l.stride(), l.padding(), Size.of(1)),
        l.ceilMode(),
        l.countIncludePad());
  }

  private static Value max1d(MaxPool1d l, Value x, NodeWriter n) {
    MaxPool2d as = l.as2d();
    return max(
        x,
        n,
        new PoolWindows(n.shape(), 1, as.kernel(), as.stride(), as.padding(), as.dilation()),
        l.ceilMode());
  }

  private static Value max2d(MaxPool2d l, NodeWriter n) {
    return max(
        n.in(),
        n,
        new PoolWindows(n.shape(), 2, l.kernel(), l.stride(), l.padding(), l.dilation()),
        l.ceilMode());
  }

  private static Value max(Value x, NodeWriter n, PoolWindows w, boolean ceil) {
    return windows(n.op("MaxPool", x), w, ceil).with("dilations", w.dilation());
  }

  /**
   * What ceil mode adds beyond the padding counts in no divisor, but runtimes differ there. So
   * zeros that count are put around the input first, and no others count then.
   */
  private static Value avg(
      Value x, NodeWriter n, PoolWindows w, boolean ceil, boolean countIncludePad) {
    boolean counted = countIncludePad && w.isPadded();
    if (!counted || !ceil || !w.isLonger()) {
      return windows(n.op("AveragePool", x), w, ceil).with("count_include_pad", counted ? 1L : 0L);
    }
    if (w.isFree()) {
      throw new Refusal("it counts its padding in ceil mode, and height or width is free");
    }
    Value padded = n.op("Pad", x, n.longs("pads", w.padsOfAllAxes()));
    return n.op("AveragePool", padded)
        .with("kernel_shape", w.kernel())
        .with("strides", w.stride())
        .with("pads", w.pads(false, true))
        .with("count_include_pad", 0L);
  }

  /** Ceil mode as a longer pad at the end, where sizes are known. */
  private static Value windows(Value pool, PoolWindows w, boolean ceil) {
    boolean open = ceil && !w.isExplicit();
    return pool.with("kernel_shape", w.kernel())
        .with("strides", w.stride())
        .with("pads", w.pads(true, ceil && !open))
        .with("ceil_mode", open ? 1L : 0L);
  }
}
