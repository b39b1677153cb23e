package dev.quern.reference.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.RmsNorm;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.GroupNormReference;
import dev.quern.reference.layer.LayerNormReference;
import dev.quern.reference.layer.NormGradients;
import dev.quern.reference.layer.RmsNormReference;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;

/** Runs recorded cases of the normalizations of single samples through their twins. */
final class GoldenNorms {
  static final Map<String, BiFunction<JsonNode, Map<String, NdArray>, Map<String, NdArray>>> TABLE =
      Map.of(
          "group_norm", GoldenNorms::groupNorm,
          "layer_norm", GoldenNorms::layerNorm,
          "rms_norm", GoldenNorms::rmsNorm);

  private GoldenNorms() {}

  private static Map<String, NdArray> groupNorm(JsonNode params, Map<String, NdArray> t) {
    GroupNorm layer = new GroupNorm(params.get("groups").asInt());
    NdArray input = t.get("input");
    NdArray weight = t.get("weight");
    return results(
        GroupNormReference.forward(layer, input, weight, t.get("bias")),
        GroupNormReference.backward(layer, input, weight, t.get("grad_output")));
  }

  private static Map<String, NdArray> layerNorm(JsonNode params, Map<String, NdArray> t) {
    NdArray input = t.get("input");
    NdArray weight = t.get("weight");
    LayerNorm layer = new LayerNorm(weight.shape());
    return results(
        LayerNormReference.forward(layer, input, weight, t.get("bias")),
        LayerNormReference.backward(layer, input, weight, t.get("grad_output")));
  }

  private static Map<String, NdArray> rmsNorm(JsonNode params, Map<String, NdArray> t) {
    NdArray input = t.get("input");
    NdArray weight = t.get("weight");
    int axes = params.get("shape").size();
    long[] dims = input.shape().toArray();
    Shape shape = Shape.of(Arrays.copyOfRange(dims, dims.length - axes, dims.length));
    float eps = params.has("eps") ? params.get("eps").floatValue() : new RmsNorm(1).eps();
    RmsNorm layer = new RmsNorm(shape, eps, weight != null);
    NormGradients g = RmsNormReference.backward(layer, input, weight, t.get("grad_output"));
    Map<String, NdArray> results = new HashMap<>();
    results.put("output", RmsNormReference.forward(layer, input, weight));
    results.put("grad_input", g.input());
    if (weight != null) {
      results.put("grad_weight", g.weight());
    }
    return results;
  }

  private static Map<String, NdArray> results(NdArray output, NormGradients g) {
    return Map.of(
        "output", output,
        "grad_input", g.input(),
        "grad_weight", g.weight(),
        "grad_bias", g.bias());
  }
}
