package dev.quern.cli.train;

import dev.quern.cli.output.EvaluationText;
import dev.quern.cli.output.JsonText;
import dev.quern.cli.process.Failures;
import dev.quern.console.Terminal;
import dev.quern.diagnostics.Finding;
import dev.quern.metric.Evaluation;
import dev.quern.train.History;
import dev.quern.train.TrainingListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The output of {@code quern train}: lines for people, or JSON lines for scripts. Not thread-safe.
 */
final class TrainOutput {
  /** The form of the output. */
  enum Form {
    LINES,
    QUIET,
    JSON
  }

  private final Form form;
  private final PrintWriter out;
  private final PrintWriter err;
  private final Map<String, Object> end = new LinkedHashMap<>();

  TrainOutput(Form form, PrintWriter out, PrintWriter err) {
    this.form = form;
    this.out = out;
    this.err = err;
    end.put("event", "end");
  }

  PrintWriter err() {
    return err;
  }

  /** Prints a line if the output is for people. */
  void say(String line) {
    if (form == Form.LINES) {
      out.println(line);
    }
  }

  /** Prints facts about the run if the output is for scripts. */
  void begin(Map<String, ?> facts) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("event", "begin");
    all.putAll(facts);
    json(all);
  }

  private void json(Map<String, ?> object) {
    if (form == Form.JSON) {
      out.println(JsonText.of(object));
      out.flush();
    }
  }

  /** Returns the listener that prints the training's progress. */
  TrainingListener listener() {
    return switch (form) {
      case LINES ->
          Terminal.isWatched() ? new EpochTable(out, err) : TrainingListener.console(out, err);
      case QUIET -> new TrainingListener() {};
      case JSON ->
          new TrainingListener() {
            @Override
            public void onEpoch(History.Epoch epoch) {
              json(object(epoch));
            }
          };
    };
  }

  private static Map<String, Object> object(History.Epoch e) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("event", "epoch");
    all.put("epoch", e.epoch());
    all.put("loss", e.loss());
    all.put("accuracy", e.accuracy());
    all.put("seconds", e.seconds());
    all.put("images_per_second", e.imagesPerSecond());
    e.validation().ifPresent(v -> all.put("validation", object(v)));
    return all;
  }

  private static Map<String, Object> object(Evaluation e) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("accuracy", e.accuracy());
    all.put("loss", e.loss());
    all.put("images", e.images());
    all.put("scores", e.metrics());
    return all;
  }

  /** Prints the path of a file that the run has written. */
  void file(String kind, Path file) {
    say(kind + " " + file);
    end.put(kind, file.toString());
  }

  /** Prints the address of the run's live page immediately. */
  void page(String address) {
    say("page " + address);
    out.flush();
    json(Map.of("event", "page", "address", address));
  }

  void stopReason(History.StopReason reason) {
    end.put("ending", reason.name().toLowerCase(Locale.ROOT));
  }

  /**
   * Prints the result of a command that does not train: the last line, or a JSON object for
   * scripts.
   */
  void answer(String line, Map<String, ?> object) {
    if (form == Form.JSON) {
      json(object);
    } else {
      out.println(line);
    }
  }

  /** Prints likely problems, one line each. */
  void findings(List<Finding> findings) {
    findings.forEach(f -> say("note: " + Failures.printable(f.toString())));
    end.put(
        "findings",
        findings.stream()
            .map(
                f ->
                    Map.of(
                        "kind", f.kind().name().toLowerCase(Locale.ROOT),
                        "message", f.message(),
                        "advice", f.advice()))
            .toList());
  }

  /** Prints the test result, which is the last line. */
  void tested(Evaluation e) {
    if (form == Form.JSON) {
      end.put("test", object(e));
      json(end);
    } else {
      out.println("test " + EvaluationText.of(e));
    }
  }

  /** Prints the last lines of a stopped run. */
  void stopped(Path checkpoint, Path folder) {
    file("checkpoint", checkpoint);
    say("stopped; continue with quern train --resume " + folder);
    json(end);
  }
}
