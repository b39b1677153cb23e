package dev.quern.onnx.write;

import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.tensor.Sides;
import java.util.ArrayList;
import java.util.List;

/** The ONNX forms of padding layers. */
final class PadForms {
  private PadForms() {}

  static void addTo(LayerForms forms) {
    forms
        .add(
            CircularPad2d.class,
            (l, n) -> circular(new Sides(l.left(), l.right(), l.top(), l.bottom()), n))
        .add(
            ReflectionPad2d.class,
            (l, n) -> pad("reflect", new Sides(l.left(), l.right(), l.top(), l.bottom()), n))
        .add(
            ReplicationPad2d.class,
            (l, n) -> pad("edge", new Sides(l.left(), l.right(), l.top(), l.bottom()), n))
        .add(
            ZeroPad2d.class,
            (l, n) -> pad("constant", new Sides(l.left(), l.right(), l.top(), l.bottom()), n));
  }

  private static Value pad(String mode, Sides p, NodeWriter n) {
    Value pads = n.longs("pads", 0, 0, p.top(), p.left(), 0, 0, p.bottom(), p.right());
    return n.op("Pad", n.in(), pads).with("mode", mode);
  }

  /**
   * Writes circular padding: Pad with mode wrap since opset 19; in earlier opsets, slices of the
   * opposite sides are concatenated.
   */
  private static Value circular(Sides p, NodeWriter n) {
    return n.opset() >= 19
        ? pad("wrap", p, n)
        : around(around(n.in(), 2, p.top(), p.bottom(), n), 3, p.left(), p.right(), n);
  }

  private static Value around(Value x, int axis, int before, int after, NodeWriter n) {
    if (before == 0 && after == 0) {
      return x;
    }
    List<Value> parts = new ArrayList<>();
    if (before > 0) {
      parts.add(n.slice(x, axis, -before, Long.MAX_VALUE, 1));
    }
    parts.add(x);
    if (after > 0) {
      parts.add(n.slice(x, axis, 0, after, 1));
    }
    return n.concat(axis, parts);
  }
}
