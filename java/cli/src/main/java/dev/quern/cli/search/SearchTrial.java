package dev.quern.cli.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.io.json.Json;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A trial of {@code quern search} with the progress of its run.
 *
 * @param number counted from 1
 * @param options the drawn options
 * @param epochs number of finished epochs
 * @param result result of the last epoch, or of the best if that is saved; null before the first
 * @param seconds duration of its epochs
 * @param failure reason why it cannot continue; null if it can
 */
record SearchTrial(
    int number,
    ObjectNode options,
    State state,
    int epochs,
    Result result,
    double seconds,
    String failure) {
  /** State of a trial. */
  enum State {
    OPEN,
    DROPPED,
    ENDED,
    FAILED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Result on the validation images.
   *
   * @param metric the metric that trials are compared by
   * @param loss decides between equal values of the metric
   */
  record Result(String metric, double score, double loss) {}

  static SearchTrial of(int number, ObjectNode options) {
    return new SearchTrial(number, options, State.OPEN, 0, null, 0, null);
  }

  SearchTrial failed(String why) {
    return new SearchTrial(number, options, State.FAILED, epochs, result, seconds, why);
  }

  SearchTrial dropped() {
    return new SearchTrial(number, options, State.DROPPED, epochs, result, seconds, failure);
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  /** The name of its run's folder. */
  String folder() {
    return String.format(Locale.ROOT, "trial-%03d", number);
  }

  /** For example {@code lr 0.01, batch 32}. */
  String words() {
    return options.properties().stream()
        .map(e -> e.getKey() + " " + text(e.getValue()))
        .collect(Collectors.joining(", "));
  }

  static String text(JsonNode value) {
    return value.isValueNode() ? value.asText() : value.toString();
  }

  ObjectNode json() {
    ObjectNode all = Json.NODES.objectNode();
    all.put("trial", number).put("folder", folder());
    all.set("options", options);
    all.put("state", state.toString()).put("epochs", epochs);
    if (result != null) {
      all.put("metric", result.metric());
      put(all, "score", result.score());
      put(all, "validation_loss", result.loss());
    }
    all.put("seconds", seconds);
    if (failure != null) {
      all.put("failure", failure);
    }
    return all;
  }

  private static void put(ObjectNode all, String name, double value) {
    if (Double.isFinite(value)) {
      all.put(name, value);
    }
  }

  /** Reads a trial that {@link #json} wrote. */
  SearchTrial read(JsonNode json) {
    State now = State.OPEN;
    for (State s : State.values()) {
      now = s.toString().equals(json.path("state").asText()) ? s : now;
    }
    Result found =
        json.has("metric")
            ? new Result(
                json.get("metric").asText(),
                json.path("score").asDouble(Double.NaN),
                json.path("validation_loss").asDouble(Double.NaN))
            : null;
    return new SearchTrial(
        number,
        options,
        now,
        json.path("epochs").asInt(),
        found,
        json.path("seconds").asDouble(),
        json.path("failure").asText(null));
  }
}
