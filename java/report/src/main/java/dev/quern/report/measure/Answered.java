package dev.quern.report.measure;

import dev.quern.data.Dataset;
import dev.quern.metric.ConfusionMatrix;
import dev.quern.predict.LabelScore;
import dev.quern.predict.Prediction;
import dev.quern.report.data.OutputData;
import dev.quern.report.data.PictureData;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Collects statistics of a single-label output's predictions: calibration, mistakes and a gallery.
 * Samples must be added in order.
 */
final class Answered {
  private static final int BINS = 15;
  private static final int MISTAKES = 24;
  private static final int PAIRS = 10;
  private static final int GALLERY = 12;

  private final List<String> classes;
  private final double[] confidences = new double[BINS];
  private final long[] right = new long[BINS];
  private final long[] counts = new long[BINS];

  /**
   * The most confident mistakes. The head is the least confident mistake; it is removed when there
   * are too many mistakes.
   */
  private final PriorityQueue<OutputData.Sample> mistakes =
      new PriorityQueue<>(Comparator.comparingDouble(OutputData.Sample::confidence));

  private final List<OutputData.Sample> gallery = new ArrayList<>();
  private final int size;

  /**
   * Creates empty statistics.
   *
   * @param size the number of samples in the data set
   */
  Answered(List<String> classes, int size) {
    this.classes = List.copyOf(classes);
    this.size = size;
  }

  void add(int index, int label, Prediction.Labels answer) {
    LabelScore best = answer.best();
    int bin = 0;
    while (bin < BINS - 1 && best.probability() > (bin + 1) / (double) BINS) {
      bin++;
    }
    confidences[bin] += best.probability();
    right[bin] += best.index() == label ? 1 : 0;
    counts[bin]++;
    if (index == (long) gallery.size() * size / Math.min(size, GALLERY)) {
      gallery.add(sample(index, label, answer));
    }
    if (best.index() != label
        && (mistakes.size() < MISTAKES || best.probability() > mistakes.element().confidence())) {
      mistakes.add(sample(index, label, answer));
      if (mistakes.size() > MISTAKES) {
        mistakes.remove();
      }
    }
  }

  private OutputData.Sample sample(int index, int label, Prediction.Labels answer) {
    LabelScore best = answer.best();
    double own =
        answer.scores().stream()
            .filter(p -> p.index() == label)
            .mapToDouble(LabelScore::probability)
            .findFirst()
            .orElse(0);
    return new OutputData.Sample(
        index, name(label), name(best.index()), best.probability(), own, null);
  }

  private String name(int c) {
    return c >= 0 && c < classes.size() ? classes.get(c) : Integer.toString(c);
  }

  /**
   * Returns the label of a sample; if the sample has a target instead, the index of the target's
   * largest value.
   */
  static int label(Dataset set, int index) {
    if (!set.hasTargets()) {
      return Samples.asked(set, index, () -> set.label(index));
    }
    float[] target = Samples.target(set, index);
    int best = 0;
    for (int i = 1; i < target.length; i++) {
      best = target[i] > target[best] ? i : best;
    }
    return best;
  }

  List<OutputData.Bin> calibration() {
    List<OutputData.Bin> all = new ArrayList<>();
    for (int b = 0; b < BINS; b++) {
      if (counts[b] > 0) {
        all.add(
            new OutputData.Bin(
                confidences[b] / counts[b], right[b] / (double) counts[b], counts[b]));
      }
    }
    return all;
  }

  /** Returns the most confident mistakes, by descending confidence. */
  List<OutputData.Sample> mistakes(IntFunction<@Nullable PictureData> picture) {
    return mistakes.stream()
        .sorted(
            Comparator.comparingDouble(OutputData.Sample::confidence)
                .reversed()
                .thenComparing(OutputData.Sample::index))
        .map(m -> m.with(picture.apply(m.index())))
        .toList();
  }

  /** Returns up to twelve evenly spaced samples of the data set. */
  List<OutputData.Sample> gallery(IntFunction<@Nullable PictureData> picture) {
    return gallery.stream().map(s -> s.with(picture.apply(s.index()))).toList();
  }

  /** Returns the most frequent confusions, by descending frequency. */
  static List<OutputData.Pair> pairs(ConfusionMatrix m) {
    PriorityQueue<OutputData.Pair> most =
        new PriorityQueue<>(Comparator.comparingLong(OutputData.Pair::count));
    for (int label = 0; label < m.size(); label++) {
      for (int answer = 0; answer < m.size(); answer++) {
        long n = m.count(label, answer);
        if (label != answer && n > 0) {
          most.add(new OutputData.Pair(m.name(label), m.name(answer), n));
          if (most.size() > PAIRS) {
            most.remove();
          }
        }
      }
    }
    return most.stream()
        .sorted(Comparator.comparingLong(OutputData.Pair::count).reversed())
        .toList();
  }
}
