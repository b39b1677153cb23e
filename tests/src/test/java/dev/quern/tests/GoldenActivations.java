package dev.quern.tests;

import dev.quern.eager.Eager;
import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Ceil;
import dev.quern.layer.activation.Celu;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.Elu;
import dev.quern.layer.activation.Erf;
import dev.quern.layer.activation.Exp;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Floor;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.Hardsigmoid;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.LeakyRelu;
import dev.quern.layer.activation.Log;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Mish;
import dev.quern.layer.activation.Power;
import dev.quern.layer.activation.Reciprocal;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Round;
import dev.quern.layer.activation.Selu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Sign;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.activation.Softplus;
import dev.quern.layer.activation.Softsign;
import dev.quern.layer.activation.Sqrt;
import dev.quern.layer.activation.Tanh;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Tensor;
import java.util.Map;

/** How recorded activations, and log_softmax, run through the public native operators. */
final class GoldenActivations {
  static final Map<String, GoldenRunners.Runner> TABLE =
      Map.ofEntries(
          Map.entry("relu6", (c, a, p) -> run(new Relu6(), c, a, p)),
          Map.entry("leaky_relu", GoldenActivations::leakyRelu),
          Map.entry("elu", (c, a, p) -> run(new Elu(c.number("alpha", 1)), c, a, p)),
          Map.entry("selu", (c, a, p) -> run(new Selu(), c, a, p)),
          Map.entry("gelu", (c, a, p) -> run(new Gelu(), c, a, p)),
          Map.entry("gelu_tanh", (c, a, p) -> run(new Gelu(Gelu.Approximate.TANH), c, a, p)),
          Map.entry("silu", (c, a, p) -> run(new Silu(), c, a, p)),
          Map.entry("mish", (c, a, p) -> run(new Mish(), c, a, p)),
          Map.entry("hardswish", (c, a, p) -> run(new Hardswish(), c, a, p)),
          Map.entry("hardsigmoid", (c, a, p) -> run(new Hardsigmoid(), c, a, p)),
          Map.entry("sigmoid", (c, a, p) -> run(new Sigmoid(), c, a, p)),
          Map.entry("tanh", (c, a, p) -> run(new Tanh(), c, a, p)),
          Map.entry("softplus", GoldenActivations::softplus),
          Map.entry("log_softmax", GoldenActivations::logSoftmax),
          Map.entry("abs", (c, a, p) -> run(new Abs(), c, a, p)),
          Map.entry("affine", (c, a, p) -> run(affine(c), c, a, p)),
          Map.entry("ceil", (c, a, p) -> run(new Ceil(), c, a, p)),
          Map.entry("celu", (c, a, p) -> run(new Celu(c.number("alpha", 1)), c, a, p)),
          Map.entry("clamp", (c, a, p) -> run(clamp(c), c, a, p)),
          Map.entry("erf", (c, a, p) -> run(new Erf(), c, a, p)),
          Map.entry("exp", (c, a, p) -> run(new Exp(), c, a, p)),
          Map.entry("fake_quantize", (c, a, p) -> run(fakeQuantize(c), c, a, p)),
          Map.entry("floor", (c, a, p) -> run(new Floor(), c, a, p)),
          Map.entry("log", (c, a, p) -> run(new Log(), c, a, p)),
          Map.entry("power", (c, a, p) -> run(new Power(c.number("exponent", 0)), c, a, p)),
          Map.entry("reciprocal", (c, a, p) -> run(new Reciprocal(), c, a, p)),
          Map.entry("round", (c, a, p) -> run(new Round(), c, a, p)),
          Map.entry("sign", (c, a, p) -> run(new Sign(), c, a, p)),
          Map.entry("softsign", (c, a, p) -> run(new Softsign(), c, a, p)),
          Map.entry("sqrt", (c, a, p) -> run(new Sqrt(), c, a, p)));

  private GoldenActivations() {}

  private static void run(Activation layer, GoldenCase c, Arena a, Passes p) {
    Tensor x = c.tensor(a, "input");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run(layer.function(), layer.type(), () -> Eager.of(layer).forward(x)));
    c.agrees(
        "grad_input", p.run(layer.function(), layer.type(), () -> Eager.of(layer).backward(x, gy)));
  }

  private static Affine affine(GoldenCase c) {
    return new Affine(c.number("scale", 1), c.number("shift", 0));
  }

  private static Clamp clamp(GoldenCase c) {
    return new Clamp(
        c.number("min", Float.NEGATIVE_INFINITY), c.number("max", Float.POSITIVE_INFINITY));
  }

  private static FakeQuantize fakeQuantize(GoldenCase c) {
    return new FakeQuantize(
        c.number("scale", 1),
        c.integer("zero_point", 0),
        c.integer("quant_min", 0),
        c.integer("quant_max", 255));
  }

  private static void leakyRelu(GoldenCase c, Arena a, Passes p) {
    run(new LeakyRelu(c.number("negative_slope", 0.01)), c, a, p);
  }

  private static void softplus(GoldenCase c, Arena a, Passes p) {
    run(new Softplus(c.number("beta", 1), c.number("threshold", 20)), c, a, p);
  }

  private static void logSoftmax(GoldenCase c, Arena a, Passes p) {
    Tensor x = GoldenRunners.classesSecond(c, a, "input");
    Tensor gy = GoldenRunners.classesSecond(c, a, "grad_output");
    Tensor y = p.run("log_softmax", () -> Eager.of(new LogSoftmax()).forward(x));
    c.agrees("output", y);
    c.agrees("grad_input", p.run("log_softmax", () -> Eager.of(new LogSoftmax()).backward(y, gy)));
  }
}
