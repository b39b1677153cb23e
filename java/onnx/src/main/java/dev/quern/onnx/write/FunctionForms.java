package dev.quern.onnx.write;

import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Power;
import dev.quern.network.LayerTypes;

/** The ONNX forms of elementwise functions that consist of plain arithmetic. */
final class FunctionForms {
  private FunctionForms() {}

  static void addTo(LayerForms forms) {
    for (LayerType<?> type : LayerTypes.all()) {
      if (type.onnx() != null) {
        add(forms, type);
      }
    }
    forms
        .add(Affine.class, FunctionForms::affine)
        .add(Clamp.class, FunctionForms::clamp)
        .add(FakeQuantize.class, FunctionForms::fakeQuantize)
        .add(Power.class, (l, n) -> n.op("Pow", n.in(), n.number("exponent", l.exponent())));
  }

  private static <L extends Layer> void add(LayerForms forms, LayerType<L> type) {
    forms.add(type.layer(), (l, n) -> plain(type, l, n));
  }

  private static <L extends Layer> Value plain(LayerType<L> type, L layer, NodeWriter n) {
    Value value = n.op(type.onnx().name(), n.in());
    for (int i = 0; i < type.fields().size(); i++) {
      float number = (float) type.fields().get(i).of().apply(layer);
      value = value.with(type.onnx().attributes().get(i), number);
    }
    return value;
  }

  private static Value affine(Affine l, NodeWriter n) {
    if (l.scale() == -1 && l.shift() == 0) {
      return n.op("Neg", n.in());
    }
    Value y = l.scale() == 1 ? n.in() : n.op("Mul", n.in(), n.number("scale", l.scale()));
    return l.shift() == 0 ? y : n.op("Add", y, n.number("shift", l.shift()));
  }

  /** Writes a clamp as Clip; an infinite bound is omitted. */
  private static Value clamp(Clamp l, NodeWriter n) {
    Value min = Float.isInfinite(l.min()) ? Value.NONE : n.number("min", l.min());
    return Float.isInfinite(l.max())
        ? n.op("Clip", n.in(), min)
        : n.op("Clip", n.in(), min, n.number("max", l.max()));
  }

  /**
   * Writes fake quantization as QuantizeLinear and DequantizeLinear if its bounds are those of an
   * 8-bit type, otherwise as equivalent arithmetic.
   */
  private static Value fakeQuantize(FakeQuantize l, NodeWriter n) {
    boolean signed = l.quantMin() == -128 && l.quantMax() == 127;
    Value scale = n.number("scale", l.scale());
    if (signed || l.quantMin() == 0 && l.quantMax() == 255) {
      Value zero = n.bytes("zero_point", signed, l.zeroPoint());
      return n.op("DequantizeLinear", n.op("QuantizeLinear", n.in(), scale, zero), scale, zero);
    }
    Value steps = n.op("Round", n.op("Div", n.in(), scale));
    Value min = n.number("min", l.quantMin() - l.zeroPoint());
    Value max = n.number("max", l.quantMax() - l.zeroPoint());
    return n.op("Mul", n.op("Clip", steps, min, max), scale);
  }
}
