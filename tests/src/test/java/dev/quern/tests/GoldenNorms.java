package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.eager.NormGradients;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.RmsNorm;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;

/** How recorded cases of the normalizations of single samples run through the native operators. */
final class GoldenNorms {
  static final Map<String, GoldenRunners.Runner> TABLE =
      Map.of(
          "group_norm", GoldenNorms::groupNorm,
          "layer_norm", GoldenNorms::layerNorm,
          "local_response_norm", GoldenNorms::localResponseNorm,
          "rms_norm", GoldenNorms::rmsNorm);

  private GoldenNorms() {}

  private static void groupNorm(GoldenCase c, Arena a, Passes p) {
    GroupNorm layer = new GroupNorm(c.integer("groups", 0), c.number("eps", 1e-5), c.has("weight"));
    Tensor x = c.tensor(a, "input");
    Tensor w = c.tensorOrNull(a, "weight");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees(
        "output",
        p.run("group_norm", () -> Eager.of(layer).forward(x, w, c.tensorOrNull(a, "bias"))));
    gradients(c, p.run("group_norm", () -> Eager.of(layer).backward(x, w, gy)));
  }

  private static void layerNorm(GoldenCase c, Arena a, Passes p) {
    LayerNorm layer =
        new LayerNorm(normalized(c), c.number("eps", 1e-5), c.has("weight"), c.has("bias"));
    Tensor x = c.tensor(a, "input");
    Tensor w = c.tensorOrNull(a, "weight");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees(
        "output",
        p.run("layer_norm", () -> Eager.of(layer).forward(x, w, c.tensorOrNull(a, "bias"))));
    gradients(c, p.run("layer_norm", () -> Eager.of(layer).backward(x, w, gy)));
  }

  private static void rmsNorm(GoldenCase c, Arena a, Passes p) {
    float eps = c.number("eps", new RmsNorm(1).eps());
    RmsNorm layer = new RmsNorm(normalized(c), eps, c.has("weight"));
    Tensor x = c.tensor(a, "input");
    Tensor w = c.tensorOrNull(a, "weight");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run("layer_norm", "rms_norm", () -> Eager.of(layer).forward(x, w)));
    gradients(c, p.run("layer_norm", "rms_norm", () -> Eager.of(layer).backward(x, w, gy)));
  }

  private static Shape normalized(GoldenCase c) {
    return Shape.of(Arrays.stream(c.integers("shape")).asLongStream().toArray());
  }

  private static void localResponseNorm(GoldenCase c, Arena a, Passes p) {
    LocalResponseNorm layer =
        new LocalResponseNorm(
            c.integer("size", 0), c.number("alpha", 0), c.number("beta", 0), c.number("k", 0));
    Tensor x = c.tensor(a, "input");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run("local_response_norm", () -> Eager.of(layer).forward(x)));
    c.agrees("grad_input", p.run("local_response_norm", () -> Eager.of(layer).backward(x, gy)));
  }

  private static void gradients(GoldenCase c, NormGradients g) {
    c.agrees("grad_input", g.input());
    agreesOrAbsent(c, "grad_weight", g.weight());
    agreesOrAbsent(c, "grad_bias", g.bias());
  }

  private static void agreesOrAbsent(GoldenCase c, String what, Tensor gradient) {
    if (c.has(what)) {
      c.agrees(what, gradient);
    } else {
      assertThat(gradient).as("%s of %s", what, c.name()).isNull();
    }
  }
}
