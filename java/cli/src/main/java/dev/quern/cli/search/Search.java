package dev.quern.cli.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.error.FormatException;
import dev.quern.io.file.AtomicFile;
import dev.quern.io.file.RegularFile;
import dev.quern.io.json.Json;
import dev.quern.metric.Goal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The trials of {@code quern search}, which are saved in {@code search.json} after each trial. Not
 * thread-safe.
 */
final class Search {
  private static final String OPERATION = "search";

  /** Maximum file size in bytes, far beyond any realistic list of trials. */
  private static final int LARGEST = 256 << 20;

  private final Path file;
  private final ObjectNode settings;
  private final List<SearchTrial> trials = new ArrayList<>();

  /**
   * Creates a search in which no trial has started.
   *
   * @param folder the folder of the search
   * @param settings the settings that determine the trials
   * @param drawn the options of each trial
   */
  Search(Path folder, ObjectNode settings, List<ObjectNode> drawn) {
    file = folder.resolve("search.json");
    this.settings = settings;
    drawn.forEach(options -> trials.add(SearchTrial.of(trials.size() + 1, options)));
  }

  Path file() {
    return file;
  }

  /**
   * Reads the progress of an earlier call of {@code quern search} from {@code search.json}.
   *
   * @return whether there was an earlier call
   * @throws FormatException if the file is invalid, or belongs to a search with other settings
   */
  boolean goOn() {
    if (!Files.exists(file)) {
      return false;
    }
    String text = RegularFile.readText(OPERATION, file, LARGEST);
    JsonNode kept = Json.parse(OPERATION + ": " + file, text);
    if (!kept.path("settings").toString().equals(settings.toString())) {
      if (!isBegun(kept)) {
        return false;
      }
      throw new FormatException(
          OPERATION
              + ": "
              + file.getParent()
              + " contains a search with other options: choose another --out");
    }
    for (JsonNode of : kept.path("trials")) {
      int at = of.path("trial").asInt() - 1;
      if (at >= 0 && at < trials.size()) {
        trials.set(at, trials.get(at).read(of));
      }
    }
    return true;
  }

  /** Returns whether a trial in the file has completed an epoch or failed. */
  private static boolean isBegun(JsonNode kept) {
    for (JsonNode t : kept.path("trials")) {
      if (t.path("epochs").asInt() > 0 || t.has("failure")) {
        return true;
      }
    }
    return false;
  }

  /** Replaces the trial that has the same number as {@code now}, and writes the file. */
  void put(SearchTrial now) {
    trials.set(now.number() - 1, now);
    write();
  }

  void write() {
    ObjectNode all = Json.NODES.objectNode();
    all.set("settings", settings);
    best().ifPresent(t -> all.put("best", t.folder()));
    ArrayNode list = all.putArray("trials");
    trials.forEach(t -> list.add(t.json()));
    byte[] bytes = (all.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(OPERATION, file, out -> out.write(bytes));
  }

  /** Returns the current state of all trials, by number. */
  List<SearchTrial> trials() {
    return List.copyOf(trials);
  }

  /** Returns the trials that can still continue. */
  List<SearchTrial> open() {
    return trials.stream().filter(SearchTrial::isOpen).toList();
  }

  /** Keeps the best {@code count} trials, open or finished, and drops all other open trials. */
  void keep(int count) {
    List<SearchTrial> left =
        trials.stream()
            .filter(t -> t.isOpen() || t.state() == SearchTrial.State.ENDED)
            .sorted(byScore())
            .toList();
    left.stream()
        .skip(count)
        .filter(SearchTrial::isOpen)
        .forEach(t -> trials.set(t.number() - 1, t.dropped()));
    write();
  }

  private Comparator<SearchTrial> byScore() {
    boolean higher =
        trials.stream()
            .filter(t -> t.result() != null)
            .anyMatch(t -> Goal.of(t.result().metric()).higher());
    return Comparator.comparing((SearchTrial t) -> t.result() == null)
        .thenComparing(t -> t.result() == null || Double.isNaN(t.result().score()))
        .thenComparing(
            t -> t.result() == null ? 0 : (higher ? -t.result().score() : t.result().score()))
        .thenComparing(t -> t.result() == null ? 0 : t.result().loss())
        .thenComparing(SearchTrial::number);
  }

  /**
   * Returns all trials: finished trials first, then unfinished trials by descending number of
   * epochs, then failed trials. Trials with the same rank are sorted by metric.
   */
  List<SearchTrial> ranked() {
    return trials.stream()
        .sorted(
            Comparator.comparing((SearchTrial t) -> t.state() == SearchTrial.State.FAILED)
                .thenComparing(t -> t.state() != SearchTrial.State.ENDED)
                .thenComparing(t -> -t.epochs())
                .thenComparing(byScore()))
        .toList();
  }

  /** Returns the best trial that has not failed; empty before the first result. */
  Optional<SearchTrial> best() {
    return ranked().stream()
        .findFirst()
        .filter(t -> t.state() != SearchTrial.State.FAILED && t.result() != null);
  }
}
