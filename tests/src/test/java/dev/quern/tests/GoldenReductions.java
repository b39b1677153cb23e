package dev.quern.tests;

import dev.quern.eager.Eager;
import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Amin;
import dev.quern.layer.math.Argmax;
import dev.quern.layer.math.Argmin;
import dev.quern.layer.math.Extremum;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Prod;
import dev.quern.layer.math.Reduction;
import dev.quern.layer.math.Sum;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Tensor;
import java.util.Map;

/** How recorded cases of sums and their kin, and of the places of extremes, run natively. */
final class GoldenReductions {
  static final Map<String, GoldenRunners.Runner> TABLE =
      Map.of(
          "argmax", (c, a, p) -> run(new Argmax(axis(c), keepDim(c), last(c)), c, a, p),
          "argmin", (c, a, p) -> run(new Argmin(axis(c), keepDim(c), last(c)), c, a, p),
          "amax", (c, a, p) -> run(new Amax(axes(c)).keepDims(keep(c)), c, a, p),
          "amin", (c, a, p) -> run(new Amin(axes(c)).keepDims(keep(c)), c, a, p),
          "mean", (c, a, p) -> run(new Mean(axes(c)).keepDims(keep(c)), c, a, p),
          "prod", (c, a, p) -> run(new Prod(axes(c)).keepDims(keep(c)), c, a, p),
          "sum", (c, a, p) -> run(new Sum(axes(c)).keepDims(keep(c)), c, a, p));

  private GoldenReductions() {}

  private static int axis(GoldenCase c) {
    return c.integer("axis", 0);
  }

  private static boolean keepDim(GoldenCase c) {
    return c.flag("keep_dim", false);
  }

  private static boolean last(GoldenCase c) {
    return c.flag("select_last", false);
  }

  private static int[] axes(GoldenCase c) {
    return c.integers("axes");
  }

  private static boolean keep(GoldenCase c) {
    return c.flag("keep_dims", false);
  }

  private static void run(Reduction layer, GoldenCase c, Arena a, Passes p) {
    Tensor x = c.tensor(a, "input");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run(layer.type(), () -> Eager.of(layer).forward(x)));
    c.agrees("grad_input", p.run(layer.type(), () -> Eager.of(layer).backward(x, gy)));
  }

  private static void run(Extremum layer, GoldenCase c, Arena a, Passes p) {
    Tensor x = c.tensor(a, "input");
    c.agrees("output", p.run(layer.type(), () -> Eager.of(layer).forward(x)));
    c.agrees("grad_input", Eager.of(layer).backward(x, c.tensor(a, "grad_output")));
  }
}
