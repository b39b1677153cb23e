package dev.quern.reference.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.AdaptiveAvgPool2dReference;
import dev.quern.reference.layer.ConvTranspose2dReference;
import dev.quern.reference.layer.math.MultiplyReference;
import dev.quern.reference.layer.shape.ReflectionPad2dReference;
import dev.quern.reference.layer.shape.UpsampleNearest2dReference;
import dev.quern.reference.layer.shape.ZeroPad2dReference;
import dev.quern.tensor.Size;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Runs recorded cases of the operators that change shapes through their twins. */
final class GoldenShapes {
  private static final Map<String, BiFunction<JsonNode, Map<String, NdArray>, Map<String, NdArray>>>
      OPERATORS =
          Map.of(
              "conv_transpose2d", GoldenShapes::convTranspose2d,
              "adaptive_avg_pool2d", GoldenShapes::adaptiveAvgPool2d,
              "zero_pad2d", GoldenShapes::zeroPad2d,
              "reflect_pad2d", GoldenShapes::reflectionPad2d,
              "upsample_nearest2d", GoldenShapes::upsampleNearest2d,
              "multiply", GoldenShapes::multiply);

  private GoldenShapes() {}

  static boolean has(String operator) {
    return OPERATORS.containsKey(operator);
  }

  static Map<String, NdArray> run(String operator, JsonNode params, Map<String, NdArray> tensors) {
    return OPERATORS.get(operator).apply(params, tensors);
  }

  private static Map<String, NdArray> convTranspose2d(JsonNode params, Map<String, NdArray> t) {
    NdArray input = t.get("input");
    NdArray weight = t.get("weight");
    NdArray dy = t.get("grad_output");
    ConvTranspose2d layer =
        new ConvTranspose2d(
            dy.dim(1),
            new Size(weight.dim(2), weight.dim(3)),
            GoldenOperators.size(params, "stride"),
            GoldenOperators.size(params, "padding"),
            GoldenOperators.size(params, "output_padding"),
            params.get("groups").asInt(),
            params.get("bias").asBoolean(),
            GoldenOperators.size(params, "dilation"));
    Map<String, NdArray> results = new LinkedHashMap<>();
    results.put("output", ConvTranspose2dReference.forward(layer, input, weight, t.get("bias")));
    results.put(
        "grad_input", ConvTranspose2dReference.backwardData(layer, dy, weight, input.shape()));
    results.put("grad_weight", ConvTranspose2dReference.backwardWeights(layer, input, dy));
    if (layer.bias()) {
      results.put("grad_bias", ConvTranspose2dReference.backwardBias(dy));
    }
    return results;
  }

  private static Map<String, NdArray> adaptiveAvgPool2d(JsonNode params, Map<String, NdArray> t) {
    AdaptiveAvgPool2d layer = new AdaptiveAvgPool2d(GoldenOperators.size(params, "output"));
    NdArray x = t.get("input");
    return Map.of(
        "output", AdaptiveAvgPool2dReference.forward(layer, x),
        "grad_input", AdaptiveAvgPool2dReference.backward(layer, t.get("grad_output"), x.shape()));
  }

  private static int side(JsonNode params, int index) {
    return params.get("left_right_top_bottom").get(index).asInt();
  }

  private static Map<String, NdArray> zeroPad2d(JsonNode params, Map<String, NdArray> t) {
    ZeroPad2d layer =
        new ZeroPad2d(side(params, 0), side(params, 1), side(params, 2), side(params, 3));
    NdArray x = t.get("input");
    return Map.of(
        "output", ZeroPad2dReference.forward(layer, x),
        "grad_input", ZeroPad2dReference.backward(layer, t.get("grad_output"), x.shape()));
  }

  private static Map<String, NdArray> reflectionPad2d(JsonNode params, Map<String, NdArray> t) {
    ReflectionPad2d layer =
        new ReflectionPad2d(side(params, 0), side(params, 1), side(params, 2), side(params, 3));
    NdArray x = t.get("input");
    return Map.of(
        "output", ReflectionPad2dReference.forward(layer, x),
        "grad_input", ReflectionPad2dReference.backward(layer, t.get("grad_output"), x.shape()));
  }

  private static Map<String, NdArray> upsampleNearest2d(JsonNode params, Map<String, NdArray> t) {
    UpsampleNearest2d layer = new UpsampleNearest2d(params.get("scale").asInt());
    NdArray x = t.get("input");
    return Map.of(
        "output", UpsampleNearest2dReference.forward(layer, x),
        "grad_input", UpsampleNearest2dReference.backward(layer, t.get("grad_output"), x.shape()));
  }

  private static Map<String, NdArray> multiply(JsonNode params, Map<String, NdArray> t) {
    List<NdArray> inputs = List.of(t.get("input"), t.get("other"));
    List<NdArray> back = MultiplyReference.backward(inputs, t.get("grad_output"));
    return Map.of(
        "output", MultiplyReference.forward(inputs),
        "grad_input", back.get(0),
        "grad_other", back.get(1));
  }
}
