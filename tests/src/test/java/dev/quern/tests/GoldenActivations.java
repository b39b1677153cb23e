package dev.quern.tests;

import dev.quern.layer.Activation;
import dev.quern.layer.Elu;
import dev.quern.layer.Gelu;
import dev.quern.layer.Hardsigmoid;
import dev.quern.layer.Hardswish;
import dev.quern.layer.LeakyRelu;
import dev.quern.layer.LogSoftmax;
import dev.quern.layer.Mish;
import dev.quern.layer.Relu6;
import dev.quern.layer.Selu;
import dev.quern.layer.Sigmoid;
import dev.quern.layer.Silu;
import dev.quern.layer.Softplus;
import dev.quern.layer.Tanh;
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
          Map.entry("log_softmax", GoldenActivations::logSoftmax));

  private GoldenActivations() {}

  private static void run(Activation layer, GoldenCase c, Arena a, Passes p) {
    Tensor x = c.tensor(a, "input");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run(layer.type(), () -> layer.forward(x)));
    c.agrees("grad_input", p.run(layer.type(), () -> layer.backward(x, gy)));
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
    Tensor y = p.run("log_softmax", () -> new LogSoftmax().forward(x));
    c.agrees("output", y);
    c.agrees("grad_input", p.run("log_softmax", () -> new LogSoftmax().backward(y, gy)));
  }
}
