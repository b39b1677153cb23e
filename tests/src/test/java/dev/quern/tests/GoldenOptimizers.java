package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.optim.Adam;
import dev.quern.optim.AdamW;
import dev.quern.optim.Optimizer;
import dev.quern.optim.RmsProp;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** How recorded steps of the adaptive optimizers run through the public native operators. */
final class GoldenOptimizers {
  static final Map<String, GoldenRunners.Runner> TABLE =
      Map.of(
          "optimizer.adam", (c, a, p) -> steps(adam(c), c, a, p),
          "optimizer.adamw", (c, a, p) -> steps(adamW(c), c, a, p),
          "optimizer.rmsprop", (c, a, p) -> steps(rmsProp(c), c, a, p));

  private GoldenOptimizers() {}

  private static double real(GoldenCase c, String key, double otherwise) {
    return c.params().path(key).asDouble(otherwise);
  }

  private static double beta(GoldenCase c, int index, double otherwise) {
    return c.params().path("betas").path(index).asDouble(otherwise);
  }

  private static Adam adam(GoldenCase c) {
    return new Adam(
        c.number("lr", 1e-3),
        beta(c, 0, 0.9),
        beta(c, 1, 0.999),
        real(c, "eps", 1e-8),
        c.number("weight_decay", 0),
        c.flag("amsgrad", false));
  }

  private static AdamW adamW(GoldenCase c) {
    return new AdamW(
        c.number("lr", 1e-3),
        beta(c, 0, 0.9),
        beta(c, 1, 0.999),
        real(c, "eps", 1e-8),
        c.number("weight_decay", 1e-2),
        c.flag("amsgrad", false));
  }

  private static RmsProp rmsProp(GoldenCase c) {
    return new RmsProp(
        c.number("lr", 1e-2),
        real(c, "alpha", 0.99),
        real(c, "eps", 1e-8),
        c.number("weight_decay", 0),
        c.number("momentum", 0),
        c.flag("centered", false));
  }

  private static void steps(Optimizer o, GoldenCase c, Arena a, Passes p) {
    Tensor w = c.tensor(a, "weight");
    List<Tensor> states = o.states().stream().map(name -> a.tensor(w.shape())).toList();
    int steps = 0;
    for (; c.has("grad_" + steps); steps++) {
      int step = steps;
      Tensor g = c.tensor(a, "grad_" + step);
      String operator = o.type().equals("adamw") ? "adam" : o.type();
      p.run(operator, () -> o.step(w, g, states, step + 1));
      c.agrees("weight_" + step, w);
    }
    assertThat(steps).as("recorded steps").isPositive();
  }
}
