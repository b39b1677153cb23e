package dev.quern.report.page;

import dev.quern.report.data.EpochData;
import dev.quern.report.data.RunData;
import dev.quern.report.data.StepData;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Creates the charts of one or more runs. */
final class Charts {
  private static final String EPOCH = "epoch";

  private final List<RunData> runs;

  private Charts(List<RunData> runs) {
    this.runs = runs;
  }

  /** Returns the charts for which the runs have data. */
  static List<Chart> of(List<RunData> runs) {
    return new Charts(runs).all();
  }

  private List<Chart> all() {
    Chart steps = Chart.of("Loss of steps", EPOCH, false);
    Chart lr = Chart.of("Learning rate", EPOCH, false);
    Chart speed = Chart.of("Images per second", EPOCH, true);
    for (int i = 0; i < runs.size(); i++) {
      steps(steps, i, StepData::loss);
      if (runs.get(i).steps().isEmpty()) {
        epochs(lr, i, "", EpochData::lr);
      } else {
        steps(lr, i, StepData::lr);
      }
      epochs(speed, i, "", EpochData::imagesPerSecond);
    }
    List<Chart> all = new ArrayList<>();
    all.add(metric("loss", EpochData::loss));
    all.add(metric("accuracy", EpochData::accuracy));
    all.addAll(List.of(steps, lr, speed));
    metrics().forEach(name -> all.add(metric(name, e -> Double.NaN)));
    all.removeIf(Chart::isEmpty);
    return all;
  }

  /**
   * Adds a metric's chart, with training and validation curves.
   *
   * @param train function from an epoch to its training value; NaN if the metric is measured only
   *     on the validation set
   */
  private Chart metric(String name, ToDoubleFunction<EpochData> train) {
    Chart chart = Chart.of(title(name), EPOCH, true);
    for (int i = 0; i < runs.size(); i++) {
      epochs(chart, i, "train", train);
      epochs(chart, i, "validation", e -> e.validation().getOrDefault(name, Double.NaN));
    }
    return chart;
  }

  /** Returns the title of a metric, for example {@code F1 macro} for {@code f1_macro}. */
  private static String title(String name) {
    String words = name.replace('_', ' ');
    return words.isEmpty()
        ? words
        : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  private Set<String> metrics() {
    Set<String> names = new LinkedHashSet<>();
    runs.forEach(r -> r.epochs().forEach(e -> names.addAll(e.validation().keySet())));
    names.removeAll(List.of("loss", "accuracy"));
    return names;
  }

  /**
   * Adds a curve over epochs. With several runs, each run has its own color; with one run, each
   * curve.
   */
  private void epochs(Chart chart, int run, String set, ToDoubleFunction<EpochData> value) {
    boolean dashed = set.equals("validation");
    List<EpochData> epochs = runs.get(run).epochs();
    chart.add(
        label(run, set),
        runs.size() == 1 && dashed ? 1 : run,
        dashed,
        epochs.stream().map(e -> (double) e.epoch()).toList(),
        epochs.stream().map(value::applyAsDouble).toList());
  }

  private void steps(Chart chart, int run, ToDoubleFunction<StepData> value) {
    List<StepData> steps = runs.get(run).steps();
    chart.add(
        label(run, ""),
        run,
        false,
        steps.stream().map(StepData::at).toList(),
        steps.stream().map(value::applyAsDouble).toList());
  }

  private String label(int run, String set) {
    String who = runs.size() == 1 ? "" : runs.get(run).title();
    String words = (who + " " + set).strip();
    return words.isEmpty() ? "train" : words;
  }
}
