package dev.quern.reference.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.AvgPool2dReference;
import dev.quern.reference.layer.Conv2dReference;
import dev.quern.reference.layer.FlattenReference;
import dev.quern.reference.layer.LinearReference;
import dev.quern.reference.layer.MaxPool2dReference;
import dev.quern.reference.layer.activation.ReluReference;
import dev.quern.reference.layer.activation.SoftmaxReference;
import dev.quern.reference.optim.SgdReference;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Runs a recorded case through its twin: parameters and recorded tensors in, results under their
 * recorded names out.
 */
final class GoldenOperators {
  private static final Map<String, BiFunction<JsonNode, Map<String, NdArray>, Map<String, NdArray>>>
      OPERATORS =
          Map.of(
              "conv2d", GoldenOperators::conv2d,
              "max_pool2d", GoldenOperators::maxPool2d,
              "avg_pool2d", GoldenOperators::avgPool2d,
              "linear", GoldenOperators::linear,
              "relu", GoldenOperators::relu,
              "softmax", GoldenOperators::softmax,
              "flatten", GoldenOperators::flatten,
              "flatten_linear", GoldenOperators::flattenLinear,
              "optimizer.sgd", GoldenOperators::sgd);

  private GoldenOperators() {}

  static boolean has(String operator) {
    return OPERATORS.containsKey(operator)
        || GoldenActivations.has(operator)
        || GoldenLosses.has(operator)
        || GoldenNorms.TABLE.containsKey(operator)
        || GoldenRecurrent.TABLE.containsKey(operator)
        || GoldenShapes.has(operator)
        || GoldenLayers.TABLE.containsKey(operator)
        || GoldenSpatial.TABLE.containsKey(operator)
        || GoldenOptimizers.has(operator);
  }

  static Map<String, NdArray> run(String operator, JsonNode params, Map<String, NdArray> tensors) {
    if (GoldenActivations.has(operator)) {
      return GoldenActivations.run(operator, params, tensors);
    }
    if (GoldenNorms.TABLE.containsKey(operator)) {
      return GoldenNorms.TABLE.get(operator).apply(params, tensors);
    }
    if (GoldenRecurrent.TABLE.containsKey(operator)) {
      return GoldenRecurrent.run(operator, params, tensors);
    }
    if (GoldenLosses.has(operator)) {
      return GoldenLosses.run(operator, params, tensors);
    }
    if (GoldenLayers.TABLE.containsKey(operator)) {
      return GoldenLayers.run(operator, params, tensors);
    }
    if (GoldenSpatial.TABLE.containsKey(operator)) {
      return GoldenSpatial.TABLE.get(operator).apply(params, tensors);
    }
    if (GoldenShapes.has(operator)) {
      return GoldenShapes.run(operator, params, tensors);
    }
    return OPERATORS.containsKey(operator)
        ? OPERATORS.get(operator).apply(params, tensors)
        : GoldenOptimizers.run(operator, params, tensors);
  }

  private static Map<String, NdArray> conv2d(JsonNode params, Map<String, NdArray> t) {
    NdArray input = t.get("input");
    NdArray weight = t.get("weight");
    NdArray dy = t.get("grad_output");
    JsonNode padding = params.get("padding");
    boolean plain = !padding.isTextual() && padding.size() != 4;
    Conv2d layer =
        new Conv2d(
            weight.dim(0),
            new Size(weight.dim(2), weight.dim(3)),
            size(params, "stride"),
            plain ? size(params, "padding") : Size.of(0),
            size(params, "dilation"),
            params.get("groups").asInt(),
            params.get("bias").asBoolean());
    if (padding.isTextual()) {
      layer = layer.padding(padding.asText());
    } else if (!plain) {
      layer =
          layer.padding(
              padding.get(0).asInt(),
              padding.get(1).asInt(),
              padding.get(2).asInt(),
              padding.get(3).asInt());
    }
    Map<String, NdArray> results = new LinkedHashMap<>();
    results.put("output", Conv2dReference.forward(layer, input, weight, t.get("bias")));
    results.put("grad_input", Conv2dReference.backwardData(layer, dy, weight, input.shape()));
    results.put("grad_weight", Conv2dReference.backwardWeights(layer, input, dy));
    if (layer.bias()) {
      results.put("grad_bias", Conv2dReference.backwardBias(dy));
    }
    return results;
  }

  private static Sides sides(JsonNode params) {
    JsonNode p = params.get("padding");
    return p.size() == 4
        ? new Sides(p.get(0).asInt(), p.get(1).asInt(), p.get(2).asInt(), p.get(3).asInt())
        : Sides.of(size(params, "padding"));
  }

  private static Map<String, NdArray> maxPool2d(JsonNode params, Map<String, NdArray> t) {
    MaxPool2d layer =
        new MaxPool2d(
            size(params, "kernel"),
            size(params, "stride"),
            Size.of(0),
            size(params, "dilation"),
            params.get("ceil_mode").asBoolean(),
            sides(params));
    return Map.of(
        "output", MaxPool2dReference.forward(layer, t.get("input")),
        "grad_input", MaxPool2dReference.backward(layer, t.get("input"), t.get("grad_output")));
  }

  private static Map<String, NdArray> avgPool2d(JsonNode params, Map<String, NdArray> t) {
    AvgPool2d layer =
        new AvgPool2d(
            size(params, "kernel"),
            size(params, "stride"),
            Size.of(0),
            params.has("dilation") ? size(params, "dilation") : Size.of(1),
            params.get("ceil_mode").asBoolean(),
            params.get("count_include_pad").asBoolean(),
            sides(params));
    Shape inputShape = t.get("input").shape();
    return Map.of(
        "output", AvgPool2dReference.forward(layer, t.get("input")),
        "grad_input", AvgPool2dReference.backward(layer, t.get("grad_output"), inputShape));
  }

  private static Map<String, NdArray> linear(JsonNode params, Map<String, NdArray> t) {
    NdArray input = t.get("input");
    NdArray weight = t.get("weight");
    NdArray dy = t.get("grad_output");
    Linear layer = new Linear(weight.dim(0));
    return Map.of(
        "output", LinearReference.forward(layer, input, weight, t.get("bias")),
        "grad_input", LinearReference.backwardData(layer, dy, weight, input.shape()),
        "grad_weight", LinearReference.backwardWeights(layer, input, dy),
        "grad_bias", LinearReference.backwardBias(dy));
  }

  private static Map<String, NdArray> relu(JsonNode params, Map<String, NdArray> t) {
    return Map.of(
        "output", ReluReference.forward(t.get("input")),
        "grad_input", ReluReference.backward(t.get("input"), t.get("grad_output")));
  }

  private static Map<String, NdArray> softmax(JsonNode params, Map<String, NdArray> t) {
    NdArray output = SoftmaxReference.forward(t.get("input"));
    return Map.of(
        "output", output, "grad_input", SoftmaxReference.backward(output, t.get("grad_output")));
  }

  private static Map<String, NdArray> flatten(JsonNode params, Map<String, NdArray> t) {
    NdArray input = t.get("input");
    return Map.of(
        "output", FlattenReference.forward(input),
        "grad_input", FlattenReference.backward(t.get("grad_output"), input.shape()));
  }

  private static Map<String, NdArray> flattenLinear(JsonNode params, Map<String, NdArray> t) {
    NdArray weight = t.get("weight");
    Network network =
        Network.builder("flatten_linear", t.get("input").shape().sample())
            .add("flatten", new Flatten())
            .add("fc", new Linear(weight.dim(0), false))
            .build();
    ReferenceNetwork reference = new ReferenceNetwork(network, Map.of("fc.weight", weight));
    Map<String, NdArray> activations = reference.forward(t.get("input"));
    ReferenceNetwork.Gradients back = reference.backward(activations, t.get("grad_output"));
    return Map.of(
        "output", activations.get("fc"),
        "grad_input", back.input(),
        "grad_weight", back.parameters().get("fc.weight"));
  }

  private static Map<String, NdArray> sgd(JsonNode params, Map<String, NdArray> t) {
    Sgd sgd =
        new Sgd(
            (float) params.get("lr").asDouble(),
            (float) params.get("momentum").asDouble(),
            (float) params.get("weight_decay").asDouble(),
            params.get("nesterov").asBoolean());
    NdArray weight = t.get("weight").copy();
    NdArray velocity = new NdArray(weight.shape());
    Map<String, NdArray> results = new LinkedHashMap<>();
    for (int k = 0; t.containsKey("grad_" + k); k++) {
      SgdReference.step(sgd, weight, t.get("grad_" + k), velocity);
      results.put("weight_" + k, weight.copy());
    }
    return results;
  }

  static Size size(JsonNode params, String name) {
    return new Size(params.get(name).get(0).asInt(), params.get(name).get(1).asInt());
  }
}
