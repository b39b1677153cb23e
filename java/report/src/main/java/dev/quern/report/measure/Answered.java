package dev.quern.report.measure;

import dev.quern.data.Dataset;
import dev.quern.metric.ConfusionMatrix;
import dev.quern.predict.Answer;
import dev.quern.predict.Prediction;
import dev.quern.report.data.OutputData;
import dev.quern.report.data.PictureData;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Statistics of one single-label output: calibration and mistakes. */
final class Answered {
  private static final int BINS = 15;
  private static final int MISTAKES = 24;
  private static final int PAIRS = 10;

  private final List<String> classes;
  private final double[] confidences = new double[BINS];
  private final long[] right = new long[BINS];
  private final long[] counts = new long[BINS];

  /** The least confident first, which goes when there are too many. */
  private final PriorityQueue<OutputData.Mistake> mistakes =
      new PriorityQueue<>(Comparator.comparingDouble(OutputData.Mistake::confidence));

  Answered(List<String> classes) {
    this.classes = List.copyOf(classes);
  }

  void add(int index, int label, Answer.Labels answer) {
    Prediction best = answer.best();
    int bin = 0;
    while (bin < BINS - 1 && best.probability() > (bin + 1) / (double) BINS) {
      bin++;
    }
    confidences[bin] += best.probability();
    right[bin] += best.index() == label ? 1 : 0;
    counts[bin]++;
    if (best.index() == label) {
      return;
    }
    if (mistakes.size() < MISTAKES || best.probability() > mistakes.element().confidence()) {
      double own =
          answer.predictions().stream()
              .filter(p -> p.index() == label)
              .mapToDouble(Prediction::probability)
              .findFirst()
              .orElse(0);
      mistakes.add(
          new OutputData.Mistake(
              index, name(label), name(best.index()), best.probability(), own, null));
      if (mistakes.size() > MISTAKES) {
        mistakes.remove();
      }
    }
  }

  private String name(int c) {
    return c >= 0 && c < classes.size() ? classes.get(c) : Integer.toString(c);
  }

  /** The label of a sample; where it has a target, the place of its largest number. */
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

  /** The worst first. */
  List<OutputData.Mistake> mistakes(IntFunction<@Nullable PictureData> picture) {
    return mistakes.stream()
        .sorted(
            Comparator.comparingDouble(OutputData.Mistake::confidence)
                .reversed()
                .thenComparing(OutputData.Mistake::index))
        .map(
            m ->
                new OutputData.Mistake(
                    m.index(),
                    m.label(),
                    m.answer(),
                    m.confidence(),
                    m.labelProbability(),
                    picture.apply(m.index())))
        .toList();
  }

  /** The most frequent first. */
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
