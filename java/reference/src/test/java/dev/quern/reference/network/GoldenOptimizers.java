package dev.quern.reference.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.optim.Adam;
import dev.quern.optim.AdamW;
import dev.quern.optim.Optimizer;
import dev.quern.optim.RmsProp;
import dev.quern.reference.NdArray;
import dev.quern.reference.optim.OptimizerReference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Runs recorded steps of the adaptive optimizers through their twins. */
final class GoldenOptimizers {
  private static final Map<String, Function<JsonNode, Optimizer>> OPTIMIZERS =
      Map.of(
          "optimizer.adam", GoldenOptimizers::adam,
          "optimizer.adamw", GoldenOptimizers::adamW,
          "optimizer.rmsprop", GoldenOptimizers::rmsProp);

  private GoldenOptimizers() {}

  static boolean has(String operator) {
    return OPTIMIZERS.containsKey(operator);
  }

  static Map<String, NdArray> run(String operator, JsonNode params, Map<String, NdArray> t) {
    Optimizer o = OPTIMIZERS.get(operator).apply(params);
    NdArray weight = t.get("weight").copy();
    List<NdArray> states = o.states().stream().map(name -> new NdArray(weight.shape())).toList();
    Map<String, NdArray> results = new LinkedHashMap<>();
    for (int k = 0; t.containsKey("grad_" + k); k++) {
      OptimizerReference.step(o, weight, t.get("grad_" + k), states, k + 1);
      results.put("weight_" + k, weight.copy());
    }
    return results;
  }

  private static double number(JsonNode params, String key) {
    return params.get(key).asDouble();
  }

  private static Adam adam(JsonNode params) {
    return new Adam(
        (float) number(params, "lr"),
        params.get("betas").get(0).asDouble(),
        params.get("betas").get(1).asDouble(),
        number(params, "eps"),
        (float) number(params, "weight_decay"),
        false);
  }

  private static AdamW adamW(JsonNode params) {
    Adam a = adam(params);
    return new AdamW(a.lr(), a.beta1(), a.beta2(), a.eps(), a.weightDecay(), false);
  }

  private static RmsProp rmsProp(JsonNode params) {
    return new RmsProp(
        (float) number(params, "lr"),
        number(params, "alpha"),
        number(params, "eps"),
        (float) number(params, "weight_decay"),
        (float) number(params, "momentum"),
        false);
  }
}
