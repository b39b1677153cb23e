package dev.quern.tests;

import dev.quern.eager.Eager;
import dev.quern.eager.ScaledDotProductAttentionPass.Gradients;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Tensor;
import java.util.Map;

/** How recorded cases of attention run natively. */
final class GoldenAttention {
  static final Map<String, GoldenRunners.Runner> TABLE =
      Map.of("scaled_dot_product_attention", GoldenAttention::run);

  private GoldenAttention() {}

  private static void run(GoldenCase c, Arena a, Passes p) {
    ScaledDotProductAttention layer =
        new ScaledDotProductAttention(
            c.integer("heads", 1),
            (float) c.params().path("scale").asDouble(),
            c.params().path("causal").asBoolean(),
            c.integer("bias_heads", 0),
            1);
    Tensor query = c.tensor(a, "query");
    Tensor key = c.tensor(a, "key");
    Tensor value = c.tensor(a, "value");
    String added = c.has("mask") ? "mask" : "bias";
    Tensor bias = c.tensorOrNull(a, added);
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run(layer.type(), () -> Eager.of(layer).forward(query, key, value, bias)));
    Gradients g = p.run(layer.type(), () -> Eager.of(layer).backward(query, key, value, bias, gy));
    c.agrees("grad_query", g.query());
    c.agrees("grad_key", g.key());
    c.agrees("grad_value", g.value());
    if (bias != null) {
      c.agrees("grad_" + added, g.bias());
    }
  }
}
