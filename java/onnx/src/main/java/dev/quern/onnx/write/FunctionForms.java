package dev.quern.onnx.write;

import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Ceil;
import dev.quern.layer.activation.Celu;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.Erf;
import dev.quern.layer.activation.Exp;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Floor;
import dev.quern.layer.activation.Log;
import dev.quern.layer.activation.Power;
import dev.quern.layer.activation.Reciprocal;
import dev.quern.layer.activation.Round;
import dev.quern.layer.activation.Sign;
import dev.quern.layer.activation.Softsign;
import dev.quern.layer.activation.Sqrt;

/** Functions of each element that are plain arithmetic. */
final class FunctionForms {
  private FunctionForms() {}

  static void addTo(LayerForms forms) {
    add(forms, Abs.class, "Abs");
    add(forms, Ceil.class, "Ceil");
    add(forms, Erf.class, "Erf");
    add(forms, Exp.class, "Exp");
    add(forms, Floor.class, "Floor");
    add(forms, Log.class, "Log");
    add(forms, Reciprocal.class, "Reciprocal");
    add(forms, Round.class, "Round");
    add(forms, Sign.class, "Sign");
    add(forms, Softsign.class, "Softsign");
    add(forms, Sqrt.class, "Sqrt");
    forms
        .add(Affine.class, FunctionForms::affine)
        .add(Celu.class, (l, n) -> n.op("Celu", n.in()).with("alpha", l.alpha()))
        .add(Clamp.class, FunctionForms::clamp)
        .add(FakeQuantize.class, FunctionForms::fakeQuantize)
        .add(Power.class, (l, n) -> n.op("Pow", n.in(), n.number("exponent", l.exponent())));
  }

  private static <L extends Activation> void add(LayerForms forms, Class<L> layer, String type) {
    forms.add(layer, (l, n) -> n.op(type, n.in()));
  }

  private static Value affine(Affine l, NodeWriter n) {
    if (l.scale() == -1 && l.shift() == 0) {
      return n.op("Neg", n.in());
    }
    Value y = l.scale() == 1 ? n.in() : n.op("Mul", n.in(), n.number("scale", l.scale()));
    return l.shift() == 0 ? y : n.op("Add", y, n.number("shift", l.shift()));
  }

  /** A bound of infinity is none. */
  private static Value clamp(Clamp l, NodeWriter n) {
    Value min = Float.isInfinite(l.min()) ? Value.NONE : n.number("min", l.min());
    return Float.isInfinite(l.max())
        ? n.op("Clip", n.in(), min)
        : n.op("Clip", n.in(), min, n.number("max", l.max()));
  }

  /** QuantizeLinear and back where the bounds are those of 8 bits, else its arithmetic. */
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
