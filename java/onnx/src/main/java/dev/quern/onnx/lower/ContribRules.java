package dev.quern.onnx.lower;

import dev.quern.layer.Layer;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.LeakyRelu;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Tanh;
import dev.quern.layer.math.Add;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rules for ONNX Runtime's own operators ("com.microsoft"), which its optimizer writes into files.
 */
final class ContribRules {
  private static final String DOMAIN = "com.microsoft.";

  private ContribRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put(DOMAIN + "Gelu", s -> gelu(s, Gelu.Approximate.NONE));
    rules.put(DOMAIN + "BiasGelu", s -> gelu(s, Gelu.Approximate.NONE));
    rules.put(DOMAIN + "FastGelu", s -> gelu(s, Gelu.Approximate.TANH));
    rules.put(DOMAIN + "QuickGelu", ContribRules::quickGelu);
    rules.put(DOMAIN + "SkipLayerNormalization", ContribRules::skipLayerNorm);
    rules.put(DOMAIN + "SkipSimplifiedLayerNormalization", ContribRules::skipRmsNorm);
    rules.put(DOMAIN + "FusedConv", ContribRules::fusedConv);
    rules.put(DOMAIN + "FusedGemm", ContribRules::fusedGemm);
  }

  private static Value then(Site s, Value x, Layer layer) {
    return s.made(s.layer(layer, x.node()), x.dims());
  }

  private static Value plus(Site s, Value x, @Nullable Operand other) {
    return other == null ? x : ArithmeticRules.broadcast(s, new Add(), x, other);
  }

  private static void gelu(Site s, Gelu.Approximate approximate) {
    s.out(0, then(s, plus(s, s.value(0), s.operand(1)), new Gelu(approximate)));
  }

  private static void quickGelu(Site s) {
    s.out(0, FunctionRules.swish(s, s.value(0), s.attributes().real("alpha", 1.702f)));
  }

  /**
   * Converts SkipLayerNormalization: the layer normalization of a sum of two inputs and a bias; the
   * sum is an output, too.
   */
  private static void skipLayerNorm(Site s) {
    Value x = s.value(0);
    Operand skip = s.operand(1);
    Value sum = plus(s, plus(s, x, skip), s.operand(4));
    float eps = s.attributes().real("epsilon", 1e-12f);
    Value made =
        NormRules.layerNorm(
            s, sum, x.rank() - 1, eps, s.constant(2, "gamma"), s.optional(3, "beta"));
    s.out(0, made);
    s.out(3, sum);
  }

  /** Converts the same with root mean square layer normalization, which has no beta. */
  private static void skipRmsNorm(Site s) {
    Value x = s.value(0);
    Value sum = plus(s, plus(s, x, s.operand(1)), s.operand(3));
    float eps = s.attributes().real("epsilon", 1e-12f);
    s.out(0, NormRules.rmsNorm(s, sum, x.rank() - 1, eps, s.constant(2, "gamma")));
    s.out(3, sum);
  }

  private static void fusedConv(Site s) {
    if (s.attributes().text("activation", "").isEmpty()) {
      throw new Refusal("attribute activation is missing");
    }
    Rules.of("Conv").lower(s);
    activated(s, plus(s, s.result(), s.operand(3)), s.attributes().reals("activation_params"));
  }

  private static void fusedGemm(Site s) {
    Rules.of("Gemm").lower(s);
    float alpha = s.attributes().real("activation_alpha", 0.01f);
    activated(s, s.result(), new float[] {alpha});
  }

  private static void activated(Site s, Value x, float @Nullable [] parameters) {
    float[] p = parameters == null ? new float[0] : parameters;
    String name = s.attributes().text("activation", "");
    Value made =
        switch (name) {
          case "Relu" -> then(s, x, new Relu());
          case "Sigmoid" -> then(s, x, new Sigmoid());
          case "Tanh" -> then(s, x, new Tanh());
          case "LeakyRelu" -> then(s, x, new LeakyRelu(p.length > 0 ? p[0] : 0.01f));
          case "Clip" -> FunctionRules.clamped(s, x, p[0], p[1]);
          case "HardSigmoid" -> then(s, then(s, x, new Affine(p[0], p[1])), new Clamp(0, 1));
          case "HardSwish" -> then(s, x, new Hardswish());
          default -> throw new Refusal("activation " + name + " is not supported");
        };
    s.out(0, made);
  }
}
