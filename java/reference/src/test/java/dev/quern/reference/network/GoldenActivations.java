package dev.quern.reference.network;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.activation.ActivationReference;
import dev.quern.reference.layer.activation.LogSoftmaxReference;
import java.util.Map;
import java.util.function.Function;

/** Runs recorded activations, and log_softmax, through their twins. */
final class GoldenActivations {
  private static final Map<String, Function<JsonNode, Activation>> LAYERS =
      Map.ofEntries(
          Map.entry("relu6", p -> new Relu6()),
          Map.entry("leaky_relu", p -> new LeakyRelu(number(p, "negative_slope", 0.01f))),
          Map.entry("elu", p -> new Elu(number(p, "alpha", 1))),
          Map.entry("selu", p -> new Selu()),
          Map.entry("gelu", p -> new Gelu()),
          Map.entry("gelu_tanh", p -> new Gelu(Gelu.Approximate.TANH)),
          Map.entry("silu", p -> new Silu()),
          Map.entry("mish", p -> new Mish()),
          Map.entry("hardswish", p -> new Hardswish()),
          Map.entry("hardsigmoid", p -> new Hardsigmoid()),
          Map.entry("sigmoid", p -> new Sigmoid()),
          Map.entry("tanh", p -> new Tanh()),
          Map.entry(
              "softplus", p -> new Softplus(number(p, "beta", 1), number(p, "threshold", 20))),
          Map.entry("abs", p -> new Abs()),
          Map.entry("affine", p -> new Affine(number(p, "scale", 1), number(p, "shift", 0))),
          Map.entry("ceil", p -> new Ceil()),
          Map.entry("celu", p -> new Celu(number(p, "alpha", 1))),
          Map.entry(
              "clamp",
              p ->
                  new Clamp(
                      number(p, "min", Float.NEGATIVE_INFINITY),
                      number(p, "max", Float.POSITIVE_INFINITY))),
          Map.entry("erf", p -> new Erf()),
          Map.entry("exp", p -> new Exp()),
          Map.entry(
              "fake_quantize",
              p ->
                  new FakeQuantize(
                      number(p, "scale", 1),
                      p.path("zero_point").asInt(),
                      p.path("quant_min").asInt(),
                      p.path("quant_max").asInt())),
          Map.entry("floor", p -> new Floor()),
          Map.entry("log", p -> new Log()),
          Map.entry("power", p -> new Power(number(p, "exponent", 0))),
          Map.entry("reciprocal", p -> new Reciprocal()),
          Map.entry("round", p -> new Round()),
          Map.entry("sign", p -> new Sign()),
          Map.entry("softsign", p -> new Softsign()),
          Map.entry("sqrt", p -> new Sqrt()));

  private GoldenActivations() {}

  private static float number(JsonNode params, String key, float otherwise) {
    return (float) params.path(key).asDouble(otherwise);
  }

  static boolean has(String operator) {
    return LAYERS.containsKey(operator) || operator.equals("log_softmax");
  }

  static Map<String, NdArray> run(String operator, JsonNode params, Map<String, NdArray> t) {
    NdArray input = t.get("input");
    NdArray dy = t.get("grad_output");
    if (operator.equals("log_softmax")) {
      NdArray output = LogSoftmaxReference.forward(input);
      return Map.of("output", output, "grad_input", LogSoftmaxReference.backward(output, dy));
    }
    Activation layer = LAYERS.get(operator).apply(params);
    return Map.of(
        "output", ActivationReference.forward(layer, input),
        "grad_input", ActivationReference.backward(layer, input, dy));
  }
}
