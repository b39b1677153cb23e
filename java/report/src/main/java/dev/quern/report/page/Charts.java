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

/** The curves of runs: one, or several over one another. */
final class Charts {
  private static final String EPOCH = "epoch";

  private Charts() {}

  /** Those that have something to show. */
  static List<Chart> of(List<RunData> runs) {
    boolean one = runs.size() == 1;
    List<Chart> all = new ArrayList<>();
    Chart loss = Chart.of("Loss", EPOCH, true);
    Chart steps = Chart.of("Loss of steps", EPOCH, false);
    Chart lr = Chart.of("Learning rate", EPOCH, false);
    Chart speed = Chart.of("Images a second", EPOCH, true);
    for (RunData run : runs) {
      String who = one ? "" : run.title() + " ";
      epochs(loss, who + "train", false, run, EpochData::loss);
      epochs(loss, who + "validation", true, run, e -> value(e, "loss"));
      steps(steps, one ? "train" : run.title(), run, StepData::loss);
      if (run.steps().isEmpty()) {
        epochs(lr, one ? "rate" : run.title(), false, run, EpochData::lr);
      } else {
        steps(lr, one ? "rate" : run.title(), run, StepData::lr);
      }
      epochs(speed, one ? "train" : run.title(), false, run, EpochData::imagesPerSecond);
    }
    all.addAll(List.of(loss, metric("accuracy", runs), steps, lr, speed));
    metrics(runs).forEach(name -> all.add(metric(name, runs)));
    all.removeIf(Chart::isEmpty);
    return all;
  }

  private static Chart metric(String name, List<RunData> runs) {
    Chart chart = Chart.of(title(name), EPOCH, true);
    for (RunData run : runs) {
      String who = runs.size() == 1 ? "" : run.title() + " ";
      if (name.equals("accuracy")) {
        epochs(chart, who + "train", false, run, EpochData::accuracy);
      }
      epochs(chart, who + "validation", true, run, e -> value(e, name));
    }
    return chart;
  }

  /** For example {@code F1 macro} of {@code f1_macro}. */
  static String title(String name) {
    String words = name.replace('_', ' ');
    return words.isEmpty()
        ? words
        : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  private static Set<String> metrics(List<RunData> runs) {
    Set<String> names = new LinkedHashSet<>();
    runs.forEach(r -> r.epochs().forEach(e -> names.addAll(e.validation().keySet())));
    names.removeAll(List.of("loss", "accuracy"));
    return names;
  }

  private static double value(EpochData e, String name) {
    return e.validation().getOrDefault(name, Double.NaN);
  }

  private static void epochs(
      Chart chart, String label, boolean dashed, RunData run, ToDoubleFunction<EpochData> value) {
    chart.add(
        label,
        dashed,
        run.epochs().stream().map(e -> (double) e.epoch()).toList(),
        run.epochs().stream().map(value::applyAsDouble).toList());
  }

  private static void steps(
      Chart chart, String label, RunData run, ToDoubleFunction<StepData> value) {
    chart.add(
        label,
        false,
        run.steps().stream().map(StepData::at).toList(),
        run.steps().stream().map(value::applyAsDouble).toList());
  }
}
