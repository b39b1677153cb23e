package dev.quern.report.measure;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.internal.arguments.Require;
import dev.quern.metric.ConfusionMatrix;
import dev.quern.metric.Report;
import dev.quern.network.Task;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.predict.Prediction;
import dev.quern.report.data.OutputData;
import dev.quern.report.data.PictureData;
import dev.quern.tensor.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Evaluates a model on a data set, in two passes. */
public final class Outputs {
  private static final int BATCH = 64;
  private static final int MOST_CLASSES = 100;

  private Outputs() {}

  /** Returns the evaluation of each output, in the network's order; empty for a detector. */
  public static List<OutputData> of(ModelData data, MultiDataset set) {
    if (data.network().detection() != null || set.size() == 0) {
      return List.of();
    }
    try (Model model = Model.of(data)) {
      Map<String, Report> reports = model.report(set);
      Map<String, Answered> answered = answered(model, set);
      List<OutputData> all = new ArrayList<>();
      reports.forEach((name, report) -> all.add(of(name, data, report, set, answered.get(name))));
      return all;
    }
  }

  private static Map<String, Answered> answered(Model model, MultiDataset set) {
    Map<String, Answered> all = new LinkedHashMap<>();
    model
        .network()
        .tasks()
        .forEach(
            (name, task) -> {
              if (task.kind() == Task.Kind.SINGLE_LABEL) {
                all.put(name, new Answered(classes(task, set.targets().get(name)), set.size()));
              }
            });
    for (int from = 0; from < (all.isEmpty() ? 0 : set.size()); from += BATCH) {
      int to = Math.min(set.size(), from + BATCH);
      try (Arena arena = new Arena()) {
        List<Map<String, Prediction>> answers =
            model.predictAll(Samples.batch(arena, model.data(), set, from, to));
        for (int i = from; i < to; i++) {
          for (Map.Entry<String, Answered> e : all.entrySet()) {
            if (answers.get(i - from).get(e.getKey()) instanceof Prediction.Labels labels) {
              int label = Answered.label(set.targets().get(e.getKey()), i);
              e.getValue().add(i, label, labels);
            }
          }
        }
      }
    }
    return all;
  }

  private static List<String> classes(Task task, Dataset set) {
    return task.classes().isEmpty()
        ? Require.all("report", "classes", set.classes())
        : task.classes();
  }

  private static OutputData of(
      String name, ModelData data, Report report, MultiDataset set, @Nullable Answered answered) {
    ConfusionMatrix confusion = report.confusion();
    boolean isShown = confusion != null && confusion.size() <= MOST_CLASSES;
    Dataset first = set.inputs().values().iterator().next();
    IntFunction<@Nullable PictureData> picture = i -> Samples.picture(first, i);
    return new OutputData(
        name,
        data.network().tasks().get(name).kind().text(),
        set.size(),
        report.metrics(),
        isShown ? names(confusion) : List.of(),
        isShown ? counts(confusion) : List.of(),
        confusion == null ? List.of() : Answered.pairs(confusion),
        report.rows().stream()
            .map(r -> new OutputData.Row(r.name(), r.support(), r.metrics()))
            .toList(),
        answered == null ? List.of() : answered.calibration(),
        answered == null ? List.of() : answered.mistakes(picture),
        answered == null ? List.of() : answered.gallery(picture));
  }

  private static List<String> names(ConfusionMatrix m) {
    List<String> all = new ArrayList<>();
    for (int c = 0; c < m.size(); c++) {
      all.add(m.name(c));
    }
    return all;
  }

  private static List<List<Long>> counts(ConfusionMatrix m) {
    List<List<Long>> all = new ArrayList<>();
    for (long[] row : m.counts()) {
      all.add(LongStream.of(row).boxed().toList());
    }
    return all;
  }
}
