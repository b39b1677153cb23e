package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a network output's predictions, as listed in {@link Scorer}. Immutable.
 *
 * @param metrics the metrics by name, for example {@code accuracy} and {@code f1_macro}; names and
 *     order depend only on the task; NaN for undefined metrics
 * @param confusion the confusion matrix; null if the task has none or there are more than 2048
 *     classes
 * @param rows one row per class, or per output value of a regression
 */
public record Report(
    Map<String, Double> metrics, @Nullable ConfusionMatrix confusion, List<Row> rows) {
  /**
   * The metrics of one class, or of one output value of a regression.
   *
   * @param name the name of the class or output value; its index if there are no names
   * @param support the class's number of labels; for an output value, the number of samples
   * @param metrics the metrics by name, in an order common to all rows
   */
  public record Row(String name, long support, Map<String, Double> metrics) {
    public Row {
      Require.present("report", "name", name);
      metrics = Require.all("report", "metrics", metrics);
      if (support < 0) {
        throw new InvalidArgumentException("report: support " + support + " must be at least 0");
      }
    }
  }

  public Report {
    metrics = Require.all("report", "metrics", metrics);
    rows = Require.all("report", "rows", rows);
  }

  /**
   * Returns a metric by its name.
   *
   * @throws InvalidArgumentException if the metric does not exist; the message lists the existing
   *     metrics
   */
  public double metric(String name) {
    Double value = metrics.get(Require.present("report", "name", name));
    if (value == null) {
      throw new InvalidArgumentException(
          "report: unknown metric " + Names.shown(name) + ", found " + metrics.keySet());
    }
    return value;
  }

  /**
   * Returns the report as a JSON-compatible map: {@code scores} by name; {@code rows}, each with
   * {@code name}, {@code support} and its metrics; and {@code confusion} with {@code classes} and
   * {@code counts}, if there is one. Values that are not finite become null.
   */
  public Map<String, Object> toMap() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("scores", finite(metrics));
    List<Object> list = new ArrayList<>();
    for (Row row : rows) {
      Map<String, @Nullable Object> of = new LinkedHashMap<>();
      of.put("name", row.name());
      of.put("support", row.support());
      of.putAll(finite(row.metrics()));
      list.add(of);
    }
    all.put("rows", list);
    if (confusion != null) {
      all.put("confusion", map(confusion));
    }
    return all;
  }

  private static Map<String, @Nullable Object> finite(Map<String, Double> values) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    values.forEach((name, v) -> all.put(name, Double.isFinite(v) ? v : null));
    return all;
  }

  private static Map<String, Object> map(ConfusionMatrix m) {
    List<String> names = new ArrayList<>();
    for (int c = 0; c < m.size(); c++) {
      names.add(m.name(c));
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("classes", names);
    all.put("counts", m.counts());
    return all;
  }

  /** Returns a table of at most 50 rows, followed by one line per metric. */
  @Override
  public String toString() {
    return ReportText.of(this);
  }
}
