package dev.quern.reference.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.AdaptiveMaxPool2dReference;
import dev.quern.reference.layer.NormGradients;
import dev.quern.reference.layer.activation.PReluReference;
import dev.quern.reference.layer.shape.CircularPad2dReference;
import dev.quern.reference.layer.shape.ReplicationPad2dReference;
import dev.quern.reference.layer.shape.UpsampleBilinear2dReference;
import java.util.Map;
import java.util.function.BiFunction;

/** Runs the cases of torch-spatial through the twins. */
final class GoldenSpatial {
  static final Map<String, BiFunction<JsonNode, Map<String, NdArray>, Map<String, NdArray>>> TABLE =
      Map.of(
          "adaptive_max_pool2d", GoldenSpatial::adaptiveMaxPool2d,
          "circular_pad2d", GoldenSpatial::circularPad2d,
          "prelu", GoldenSpatial::prelu,
          "replication_pad2d", GoldenSpatial::replicationPad2d,
          "upsample_bilinear2d", GoldenSpatial::upsampleBilinear2d);

  private GoldenSpatial() {}

  private static Map<String, NdArray> adaptiveMaxPool2d(JsonNode params, Map<String, NdArray> t) {
    AdaptiveMaxPool2d layer = new AdaptiveMaxPool2d(GoldenOperators.size(params, "output_size"));
    NdArray x = t.get("input");
    return Map.of(
        "output", AdaptiveMaxPool2dReference.forward(layer, x),
        "grad_input", AdaptiveMaxPool2dReference.backward(layer, x, t.get("grad_output")));
  }

  private static int side(JsonNode params, int index) {
    return params.get("pads").get(index).asInt();
  }

  private static Map<String, NdArray> circularPad2d(JsonNode params, Map<String, NdArray> t) {
    CircularPad2d layer =
        new CircularPad2d(side(params, 0), side(params, 1), side(params, 2), side(params, 3));
    NdArray x = t.get("input");
    return Map.of(
        "output", CircularPad2dReference.forward(layer, x),
        "grad_input", CircularPad2dReference.backward(layer, t.get("grad_output"), x.shape()));
  }

  private static Map<String, NdArray> replicationPad2d(JsonNode params, Map<String, NdArray> t) {
    ReplicationPad2d layer =
        new ReplicationPad2d(side(params, 0), side(params, 1), side(params, 2), side(params, 3));
    NdArray x = t.get("input");
    return Map.of(
        "output", ReplicationPad2dReference.forward(layer, x),
        "grad_input", ReplicationPad2dReference.backward(layer, t.get("grad_output"), x.shape()));
  }

  private static Map<String, NdArray> upsampleBilinear2d(JsonNode params, Map<String, NdArray> t) {
    UpsampleBilinear2d layer =
        new UpsampleBilinear2d(
            GoldenOperators.size(params, "scale_factor"), params.get("align_corners").asBoolean());
    NdArray x = t.get("input");
    NdArray dy = t.get("grad_output");
    return Map.of(
        "output", UpsampleBilinear2dReference.forward(layer, x),
        "grad_input", UpsampleBilinear2dReference.backward(layer, dy, x.shape()));
  }

  private static Map<String, NdArray> prelu(JsonNode params, Map<String, NdArray> t) {
    PRelu layer = new PRelu(params.get("num_parameters").asInt());
    NdArray x = t.get("input");
    NdArray weight = t.get("weight");
    NormGradients g = PReluReference.backward(layer, x, weight, t.get("grad_output"));
    return Map.of(
        "output", PReluReference.forward(layer, x, weight),
        "grad_input", g.input(),
        "grad_weight", g.weight());
  }
}
