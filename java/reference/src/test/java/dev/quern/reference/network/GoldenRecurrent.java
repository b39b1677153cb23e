package dev.quern.reference.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.layer.recurrent.Direction;
import dev.quern.layer.recurrent.Gru;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.layer.recurrent.Rnn;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.RecurrentReference;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** How recorded cases of recurrent layers run through their twin. */
final class GoldenRecurrent {
  static final Map<String, Function<JsonNode, Recurrent>> TABLE =
      Map.of(
          "lstm",
          p -> new Lstm(p.get("hidden_size").asInt(), direction(p), bias(p), starts(p), false),
          "gru",
          p -> new Gru(p.get("hidden_size").asInt(), direction(p), bias(p), starts(p), true),
          "rnn",
          p ->
              new Rnn(
                  p.get("hidden_size").asInt(),
                  direction(p),
                  bias(p),
                  starts(p),
                  Rnn.Nonlinearity.valueOf(
                      p.path("nonlinearity").asText("tanh").toUpperCase(Locale.ROOT))));

  private GoldenRecurrent() {}

  private static Direction direction(JsonNode p) {
    return Direction.valueOf(p.get("direction").asText().toUpperCase(Locale.ROOT));
  }

  private static boolean bias(JsonNode p) {
    return p.get("bias").asBoolean();
  }

  private static boolean starts(JsonNode p) {
    return p.get("initial_state").asBoolean();
  }

  /** Whether a recorded tensor is a weight of a recurrent layer, which is an input of its case. */
  static boolean isWeight(String key) {
    return key.matches("((weight|bias)_[ih]h_l0|[hc]_0)(_reverse)?");
  }

  static Map<String, NdArray> run(String operator, JsonNode params, Map<String, NdArray> tensors) {
    Recurrent layer = TABLE.get(operator).apply(params);
    NdArray input = tensors.get("input");
    RecurrentReference.Gradients g =
        RecurrentReference.backward(layer, input, tensors, tensors.get("grad_output"));
    Map<String, NdArray> results = new LinkedHashMap<>();
    results.put("output", RecurrentReference.forward(layer, input, tensors));
    results.put("grad_input", g.input());
    g.weights().forEach((name, gradient) -> results.put("grad_" + name, gradient));
    return results;
  }
}
