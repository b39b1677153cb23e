package dev.quern.report.measure;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Task;
import dev.quern.predict.LabelScore;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.predict.Prediction;
import dev.quern.report.data.PictureData;
import dev.quern.tensor.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Computes predictions of a model's first single-label output for a few samples. */
public final class SamplePredictions {
  private SamplePredictions() {}

  /** Returns the predictions; empty if the model does not have a single-label output. */
  public static List<Map<String, Object>> of(ModelData data, MultiDataset samples) {
    String output = null;
    for (Map.Entry<String, Task> e : data.network().tasks().entrySet()) {
      if (e.getValue().kind() == Task.Kind.SINGLE_LABEL) {
        output = e.getKey();
        break;
      }
    }
    if (output == null || data.network().detection() != null || samples.size() == 0) {
      return List.of();
    }
    Dataset labels = samples.targets().get(output);
    Dataset pictures = samples.inputs().values().iterator().next();
    List<Map<String, Object>> all = new ArrayList<>();
    try (Model model = Model.of(data);
        Arena arena = new Arena()) {
      List<Map<String, Prediction>> answers =
          model.predictAll(Samples.batch(arena, data, samples, 0, samples.size()));
      for (int i = 0; i < samples.size(); i++) {
        if (answers.get(i).get(output) instanceof Prediction.Labels l) {
          all.add(one(labels, pictures, i, l.best()));
        }
      }
    }
    return all;
  }

  private static Map<String, Object> one(
      Dataset labels, Dataset pictures, int index, LabelScore best) {
    int label = Answered.label(labels, index);
    List<String> classes = Require.all("report", "classes", labels.classes());
    Map<String, Object> all = new HashMap<>();
    all.put("label", name(classes, label));
    all.put("answer", name(classes, best.index()));
    all.put("right", label == best.index());
    all.put("probability", best.probability());
    PictureData picture = Samples.picture(pictures, index);
    all.put("png", picture == null ? "" : picture.png());
    return all;
  }

  private static String name(List<String> classes, int c) {
    return c >= 0 && c < classes.size() ? classes.get(c) : Integer.toString(c);
  }
}
