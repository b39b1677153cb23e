package dev.quern.cli.predict;

import dev.quern.cli.process.Failures;
import dev.quern.predict.LabelScore;
import dev.quern.predict.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Formats a prediction as tab-separated text in one line. */
final class PredictionText {
  /** Number of labels that are always printed, starting with the most likely. */
  private static final int TOP = 3;

  private static final int MOST = 10;

  private PredictionText() {}

  static List<String> of(Prediction prediction) {
    if (prediction instanceof Prediction.Labels labels) {
      return labels(labels.scores());
    }
    if (prediction instanceof Prediction.Numbers numbers) {
      return numbers(numbers.names(), numbers.values());
    }
    if (prediction instanceof Prediction.PixelClasses pixels) {
      return shares(pixels);
    }
    Prediction.Values values = (Prediction.Values) prediction;
    return values.shape().rank() == 1
        ? numbers(List.of(), values.values())
        : List.of("values " + values.shape());
  }

  /** Returns the most likely labels; for multi-label outputs, also all other labels that apply. */
  private static List<String> labels(List<LabelScore> all) {
    List<String> words = new ArrayList<>();
    for (LabelScore p : all) {
      if (words.size() < TOP || p.probability() > 0.5) {
        words.add(text(p.label(), p.probability()));
      }
    }
    return words;
  }

  private static List<String> numbers(List<String> names, float[] values) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < values.length && (i < MOST || !names.isEmpty()); i++) {
      words.add(
          names.isEmpty()
              ? String.format(Locale.ROOT, "%.6g", values[i])
              : Failures.printable(names.get(i)) + String.format(Locale.ROOT, " %.6g", values[i]));
    }
    if (words.size() < values.length) {
      words.add("... " + values.length + " numbers");
    }
    return words;
  }

  /**
   * Returns the fraction of the image that each class covers, in descending order; classes without
   * pixels are omitted.
   */
  private static List<String> shares(Prediction.PixelClasses pixels) {
    int[] labels = pixels.labels();
    Map<Integer, Integer> counts = new TreeMap<>();
    for (int label : labels) {
      counts.merge(label, 1, Integer::sum);
    }
    List<LabelScore> all = new ArrayList<>();
    counts.forEach(
        (i, count) -> {
          String name = pixels.classes().isEmpty() ? "" + i : pixels.classes().get(i);
          all.add(new LabelScore(name, i, (double) count / labels.length));
        });
    all.sort((a, b) -> Double.compare(b.probability(), a.probability()));
    return all.stream().map(p -> text(p.label(), p.probability())).toList();
  }

  private static String text(String label, double part) {
    return Failures.printable(label) + String.format(Locale.ROOT, " %.4f", part);
  }
}
