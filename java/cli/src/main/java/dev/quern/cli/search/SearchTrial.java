package dev.quern.cli.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.io.json.Json;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A trial of {@code quern search} with the progress of its run.
 *
 * @param number number of the trial, counted from 1
 * @param options the drawn options
 * @param epochs number of finished epochs
 * @param result result of the last epoch or, if the best epoch's weights are saved, of the best
 *     epoch; null before the first result
 * @param seconds total duration of the finished epochs
 * @param failure reason why the trial failed; null if it did not
 */
record SearchTrial(
    int number,
    ObjectNode options,
    State state,
    int epochs,
    Result result,
    double seconds,
    String failure) {
  /** The state of a trial. */
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
   * The result of a trial on the validation images.
   *
   * @param metric the metric that trials are compared by
   * @param loss the validation loss, which decides if metrics are equal
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

  /** Returns the name of the folder of the trial's run. */
  String folder() {
    return String.format(Locale.ROOT, "trial-%03d", number);
  }

  /** Returns the options as text, for example {@code lr 0.01, batch 32}. */
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

  /** Returns this trial with the progress that {@link #json} wrote. */
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
