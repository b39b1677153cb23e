package dev.quern.onnx.write;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.onnx.graph.Refusal;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The ONNX forms of adaptive pooling: a global pool for output size 1, an ordinary pool if all
 * windows have the same size and stride, otherwise a slice and its mean or maximum for each window,
 * axis by axis.
 */
final class AdaptivePoolForms {
  private AdaptivePoolForms() {}

  static void addTo(LayerForms forms) {
    forms
        .add(AdaptiveAvgPool2d.class, (l, n) -> pool("Average", n, l.outputSize()))
        .add(AdaptiveMaxPool2d.class, (l, n) -> pool("Max", n, l.outputSize()));
  }

  private static Value pool(String kind, NodeWriter n, Size to) {
    long[] in = n.shape().toArray();
    return pool(
        kind,
        n.in(),
        n,
        new AdaptiveWindows(in[1], to.height()),
        new AdaptiveWindows(in[2], to.width()));
  }

  /**
   * Writes an adaptive pooling.
   *
   * @param kind {@code Average} or {@code Max}
   * @param axes the windows along each spatial axis
   */
  static Value pool(String kind, Value x, NodeWriter n, AdaptiveWindows... axes) {
    if (Stream.of(axes).allMatch(AdaptiveWindows::isWhole)) {
      return n.op("Global" + kind + "Pool", x);
    }
    if (Stream.of(axes).allMatch(AdaptiveWindows::isEven)) {
      return n.op(kind + "Pool", x)
          .with("kernel_shape", Stream.of(axes).mapToLong(AdaptiveWindows::kernel).toArray())
          .with("strides", Stream.of(axes).mapToLong(AdaptiveWindows::stride).toArray());
    }
    Value y = x;
    for (int i = 0; i < axes.length; i++) {
      y = axis(kind.equals("Max") ? "ReduceMax" : "ReduceMean", y, n, 2 + i, axes[i]);
    }
    return y;
  }

  private static Value axis(String reduce, Value x, NodeWriter n, int axis, AdaptiveWindows w) {
    if (w.isWhole()) {
      return n.reduce(reduce, x, true, axis);
    }
    if (w.length() == Shape.FREE) {
      throw new Refusal("its windows depend on a dynamic height or width");
    }
    if (w.length() == w.count()) {
      return x;
    }
    List<Value> parts = new ArrayList<>();
    for (int i = 0; i < w.count(); i++) {
      parts.add(n.reduce(reduce, n.slice(x, axis, w.start(i), w.end(i), 1), true, axis));
    }
    return n.concat(axis, parts);
  }
}
