package dev.quern.onnx.lower;

import dev.quern.layer.Layer;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Softmax;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Value;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Rules for Softmax and LogSoftmax: over one axis from opset 13 on; over an axis and all axes after
 * it in older opsets.
 */
final class SoftmaxRules {
  private static final int SINCE_ONE_AXIS = 13;

  private SoftmaxRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("Softmax", s -> lower(s, new Softmax()));
    rules.put("LogSoftmax", s -> lower(s, new LogSoftmax()));
  }

  private static void lower(Site s, Layer layer) {
    Value x = s.value(0);
    boolean one = s.opset >= SINCE_ONE_AXIS;
    int axis = Dims.axis(s.attributes().number("axis", one ? -1 : 1), x.rank());
    if (!one && Dims.elements(x.dims(), axis + 1, x.rank()) > 1) {
      long before = Dims.elements(x.dims(), 0, axis);
      Value flat = s.made(x.node(), before, Dims.elements(x.dims(), axis, x.rank()));
      s.out(over(s, layer, flat, 1).node(), x.dims());
    } else {
      s.out(0, over(s, layer, x, axis));
    }
  }

  private static Value over(Site s, Layer layer, Value x, int axis) {
    Site.Form in = s.form(x, axis);
    int at = in.axis(axis);
    Shape shape = in.shape();
    if (at == 0 && (shape.rank() == 1 || shape.rank() == 3)) {
      return s.made(s.layer(layer, in.node()), x.dims());
    }
    // the axis first, as channels, and all others as one row of pixels
    List<Integer> there = new ArrayList<>(List.of(at));
    for (int i = 0; i < shape.rank(); i++) {
      if (i != at) {
        there.add(i);
      }
    }
    String front = ShapeRules.permuted(s, in.node(), there);
    Shape turned = s.parts.shapes.get(front);
    long channels = shape.dim(at);
    String image = s.parts.reshape(front, Shape.of(channels, 1, shape.elements() / channels));
    String made = s.parts.reshape(s.layer(layer, image), turned);
    List<Integer> back = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      back.add(there.indexOf(i));
    }
    return s.made(ShapeRules.permuted(s, made, back), x.dims());
  }
}
