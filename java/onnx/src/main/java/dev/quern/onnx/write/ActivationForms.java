package dev.quern.onnx.write;

import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.Hardsigmoid;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Mish;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Selu;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.activation.Softplus;

/** The ONNX forms of activation functions and of Softmax. */
final class ActivationForms {
  /** The bound above which log(1 + exp(x)) is equal to x in float32. */
  private static final float SAME = 17;

  private ActivationForms() {}

  static void addTo(LayerForms forms) {
    forms
        .add(Gelu.class, ActivationForms::gelu)
        .add(Hardsigmoid.class, (l, n) -> hardsigmoid(n))
        .add(Hardswish.class, (l, n) -> hardswish(n))
        .add(LogSoftmax.class, (l, n) -> n.op("LogSoftmax", n.in()).with("axis", 1L))
        .add(Mish.class, (l, n) -> mish(n))
        .add(PRelu.class, (l, n) -> n.op("PRelu", n.in(), slope(l, n)))
        .add(Relu6.class, (l, n) -> n.op("Clip", n.in(), n.number("min", 0), n.number("max", 6)))
        .add(Selu.class, (l, n) -> n.op("Selu", n.in()))
        .add(Silu.class, (l, n) -> n.op("Mul", n.in(), n.op("Sigmoid", n.in())))
        .add(Softmax.class, (l, n) -> n.op("Softmax", n.in()).with("axis", 1L))
        .add(Softplus.class, ActivationForms::softplus);
  }

  private static Value gelu(Gelu l, NodeWriter n) {
    boolean tanh = l.approximate() == Gelu.Approximate.TANH;
    if (n.opset() >= 20) {
      return n.op("Gelu", n.in()).with("approximate", tanh ? "tanh" : "none");
    }
    Value x = n.in();
    Value inside =
        tanh ? n.op("Tanh", cubic(x, n)) : n.op("Erf", scaled(x, "scale", Math.sqrt(0.5), n));
    Value twice = n.op("Add", inside, n.number("one", 1));
    return scaled(n.op("Mul", x, twice), "half", 0.5, n);
  }

  /** Writes {@code sqrt(2 / pi) * (x + 0.044715 * x^3)}, a part of GELU's approximation. */
  private static Value cubic(Value x, NodeWriter n) {
    Value cube = n.op("Mul", n.op("Mul", x, x), x);
    Value sum = n.op("Add", x, scaled(cube, "cubic", 0.044715, n));
    return scaled(sum, "scale", Math.sqrt(2 / Math.PI), n);
  }

  static Value scaled(Value x, String what, double by, NodeWriter n) {
    return n.op("Mul", x, n.number(what, (float) by));
  }

  private static Value hardsigmoid(NodeWriter n) {
    return n.op("HardSigmoid", n.in()).with("alpha", 1 / 6f).with("beta", 0.5f);
  }

  private static Value hardswish(NodeWriter n) {
    return n.opset() >= 14 ? n.op("HardSwish", n.in()) : n.op("Mul", n.in(), hardsigmoid(n));
  }

  private static Value mish(NodeWriter n) {
    return n.opset() >= 18
        ? n.op("Mish", n.in())
        : n.op("Mul", n.in(), n.op("Tanh", n.op("Softplus", n.in())));
  }

  private static Value slope(PRelu l, NodeWriter n) {
    Value weight = n.weight("weight");
    return l.numParameters() == 1 ? weight : n.perChannel(weight, n.shape().rank());
  }

  private static Value softplus(Softplus l, NodeWriter n) {
    boolean plain = l.beta() == 1;
    Value x = plain ? n.in() : scaled(n.in(), "beta", l.beta(), n);
    Value y = n.op("Softplus", x);
    y = plain ? y : n.op("Div", y, n.number("divisor", l.beta()));
    return l.threshold() >= SAME
        ? y
        : n.op("Where", n.op("Greater", x, n.number("threshold", l.threshold())), n.in(), y);
  }
}
