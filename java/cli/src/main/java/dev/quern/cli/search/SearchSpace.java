package dev.quern.cli.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.cli.run.ConfigFile;
import dev.quern.error.FormatException;
import dev.quern.io.json.Json;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Search space of {@code quern search}: options by name, each with a list of values, {@code
 * {"range": [A, B]}} or {@code {"log": [A, B]}}.
 *
 * @param text the space as JSON text, equal for equal spaces
 */
public record SearchSpace(String text, Map<String, Values> options) {
  /**
   * Options that must be equal in all trials, since these options affect the comparison of trials
   * or determine the trials' folders.
   */
  private static final Set<String> FIXED =
      Set.of(
          "data",
          "data-dir",
          "labels",
          "label-kind",
          "test-part",
          "split-seed",
          "validation",
          "seed",
          "metric",
          "out",
          "overwrite");

  /** Number of consecutive repeated draws after which a space counts as exhausted. */
  private static final int MOST_REPEATED = 1000;

  private static final MathContext DIGITS = new MathContext(4);

  /** The possible values of an option. */
  sealed interface Values {
    JsonNode draw(Random random);
  }

  /** A list of values, drawn with equal probability. */
  record Listed(List<JsonNode> all) implements Values {
    @Override
    public JsonNode draw(Random random) {
      return all.get(random.nextInt(all.size()));
    }
  }

  /**
   * A range of numbers, bounds included.
   *
   * @param log whether the logarithm is uniformly distributed, rather than the number
   * @param whole whether numbers are integers
   */
  record Range(double from, double to, boolean log, boolean whole) implements Values {
    @Override
    public JsonNode draw(Random random) {
      double part = random.nextDouble();
      if (whole && !log) {
        // in large ranges, the sum may be rounded up beyond the range
        long drawn = (long) Math.floor(from + part * (to - from + 1));
        return Json.NODES.numberNode(Math.min(drawn, (long) to));
      }
      // to / from could overflow
      double value =
          log ? Math.pow(from, 1 - part) * Math.pow(to, part) : from + part * (to - from);
      double kept = rounded(new BigDecimal(value)).doubleValue();
      double inside = Math.min(Math.max(kept, from), to);
      return whole ? Json.NODES.numberNode(Math.round(inside)) : Json.NODES.numberNode(inside);
    }

    /**
     * Rounds a value to four significant digits: with {@code log}, digits of the value; without it,
     * digits of the range's width.
     */
    private BigDecimal rounded(BigDecimal value) {
      return log
          ? value.round(DIGITS)
          : value.setScale(3 - (int) Math.floor(Math.log10(to - from)), RoundingMode.HALF_EVEN);
    }
  }

  /**
   * Reads a space.
   *
   * @throws FormatException if the file is not a search space; the message names the option and the
   *     reason
   */
  public static SearchSpace read(Path file) {
    ConfigFile read = ConfigFile.read("space", file);
    Map<String, Values> all = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> e : read.options().properties()) {
      if (FIXED.contains(e.getKey())) {
        throw new FormatException(
            read.where()
                + ": '"
                + e.getKey()
                + "' must be the same in all trials: set it in --config");
      }
      all.put(e.getKey(), values(read.where() + ": '" + e.getKey() + "'", e.getValue()));
    }
    if (all.isEmpty()) {
      throw new FormatException(read.where() + ": it contains no options");
    }
    return new SearchSpace(read.options().toString(), all);
  }

  private static Values values(String where, JsonNode of) {
    if (of.isArray() && !of.isEmpty()) {
      List<JsonNode> all = new ArrayList<>();
      of.forEach(all::add);
      return new Listed(all);
    }
    if (of.isObject() && of.size() == 1) {
      boolean log = of.has("log");
      JsonNode ends = of.get(log ? "log" : "range");
      if (ends != null && ends.isArray() && ends.size() == 2) {
        return range(where, ends.get(0), ends.get(1), log);
      }
    }
    throw new FormatException(
        where + " is " + of + ", not a list, {\"range\": [A, B]} or {\"log\": [A, B]}");
  }

  private static Range range(String where, JsonNode from, JsonNode to, boolean log) {
    double a = from.asDouble(Double.NaN);
    double b = to.asDouble(Double.NaN);
    boolean numbers = from.isNumber() && to.isNumber() && Double.isFinite(b - a);
    if (!numbers || a >= b || log && a <= 0) {
      throw new FormatException(
          where
              + ": from "
              + from
              + " to "
              + to
              + " is not an ascending range of two numbers"
              + (log ? " above 0" : ""));
    }
    return new Range(a, b, log, from.isIntegralNumber() && to.isIntegralNumber());
  }

  /**
   * Draws different options for each trial. With the same seed, a larger count only adds trials at
   * the end.
   *
   * @return the options; fewer than {@code count} if the space is exhausted
   */
  List<ObjectNode> draw(long seed, int count) {
    Random random = new Random(seed);
    Set<ObjectNode> all = new LinkedHashSet<>();
    int repeated = 0;
    while (all.size() < count && repeated < MOST_REPEATED) {
      ObjectNode trial = Json.NODES.objectNode();
      options.forEach((name, values) -> trial.set(name, values.draw(random)));
      repeated = all.add(trial) ? 0 : repeated + 1;
    }
    return List.copyOf(all);
  }
}
