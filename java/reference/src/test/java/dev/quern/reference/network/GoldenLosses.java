package dev.quern.reference.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.detect.BoxIou;
import dev.quern.detect.PointLoss;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Dice;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.reference.NdArray;
import dev.quern.reference.loss.LossReference;
import dev.quern.tensor.Shape;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/** Runs recorded cases of the losses through their twins. */
final class GoldenLosses {
  private static final Map<String, Function<JsonNode, Loss>> LOSSES =
      Map.of(
          "cross_entropy", GoldenLosses::crossEntropy,
          "cross_entropy_soft", GoldenLosses::crossEntropy,
          "bce_with_logits", GoldenLosses::bceWithLogits,
          "mse", p -> new Mse(reduction(p)),
          "huber", p -> new Huber(p.path("delta").asDouble(1), reduction(p)),
          "sigmoid_focal",
              p ->
                  new SigmoidFocal(
                      p.path("alpha").asDouble(), p.path("gamma").asDouble(), reduction(p)),
          "softmax_focal",
              p ->
                  new SoftmaxFocal(
                      p.path("gamma").asDouble(),
                      floats(p, "class_weights"),
                      reduction(p),
                      ignored(p)),
          "dice", p -> new Dice(p.path("smooth").asDouble(), reduction(p), ignored(p)),
          "box_iou", p -> new BoxIou(p.path("generalized").asBoolean(), reduction(p)),
          "point_loss",
              p ->
                  new PointLoss(
                      p.path("alpha").asDouble(),
                      p.path("gamma").asDouble(),
                      p.path("box_weight").asDouble()));

  private GoldenLosses() {}

  static boolean has(String operator) {
    return LOSSES.containsKey(operator);
  }

  static Map<String, NdArray> run(String operator, JsonNode params, Map<String, NdArray> t) {
    Loss loss = LOSSES.get(operator).apply(params);
    NdArray input = t.get("input");
    double value;
    NdArray gradient;
    NdArray target = t.get("target");
    if (target == null || target.shape().rank() < input.shape().rank()) {
      int[] labels = target == null ? labels(params) : labels(target);
      value = LossReference.forward(loss, input, labels);
      gradient = LossReference.backward(loss, input, labels);
    } else {
      value = LossReference.forward(loss, input, target);
      gradient = LossReference.backward(loss, input, target);
    }
    for (int i = 0; i < gradient.size(); i++) {
      gradient.set(i, gradient.get(i) * t.get("grad_output").get(0));
    }
    return Map.of("output", NdArray.of(Shape.of(), value), "grad_input", gradient);
  }

  private static CrossEntropy crossEntropy(JsonNode params) {
    return new CrossEntropy(
        (float) params.path("label_smoothing").asDouble(0),
        floats(params, "class_weights"),
        reduction(params),
        ignored(params));
  }

  private static int ignored(JsonNode params) {
    return params.path("ignore_index").asInt(CrossEntropy.IGNORE_INDEX);
  }

  private static int[] labels(NdArray target) {
    int[] labels = new int[target.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (int) target.get(i);
    }
    return labels;
  }

  private static BceWithLogits bceWithLogits(JsonNode params) {
    return new BceWithLogits(
        floats(params, "weight"), floats(params, "pos_weight"), reduction(params));
  }

  private static Reduction reduction(JsonNode params) {
    return Reduction.valueOf(params.get("reduction").asText().toUpperCase(Locale.ROOT));
  }

  private static int[] labels(JsonNode params) {
    return StreamSupport.stream(params.get("target").spliterator(), false)
        .mapToInt(JsonNode::asInt)
        .toArray();
  }

  /** Null where there are none. */
  private static float[] floats(JsonNode params, String name) {
    JsonNode list = params.get(name);
    if (list == null) {
      return null;
    }
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) list.get(i).asDouble();
    }
    return values;
  }
}
