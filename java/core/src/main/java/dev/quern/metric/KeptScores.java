package dev.quern.metric;

import dev.quern.internal.arguments.Heap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The scores of all samples and classes, for ranking metrics; discarded if there are too many. */
final class KeptScores {
  /** Maximum number of stored scores, which occupy 64 MiB. */
  static final int MOST = 1 << 24;

  private final String operation;
  private final int classes;
  private final BitSet positives = new BitSet();
  private float @Nullable [] scores = new float[0];
  private int size;

  KeptScores(String operation, int classes) {
    this.operation = operation;
    this.classes = classes;
  }

  /** Reserves memory for a batch's samples, or discards all scores if there would be too many. */
  void reserve(int samples) {
    if (scores == null) {
      return;
    }
    long wanted = size + (long) samples * classes;
    if (wanted > MOST) {
      scores = null;
      positives.clear();
    } else if (wanted > scores.length) {
      float[] larger = Heap.floats(operation, Math.min(MOST, Math.max(wanted, 2L * size)));
      System.arraycopy(scores, 0, larger, 0, size);
      scores = larger;
    }
  }

  boolean isKept() {
    return scores != null;
  }

  /** Adds the next score, in the order of samples and, within a sample, of classes. */
  void add(float score, boolean isPositive) {
    if (scores != null) {
      scores[size] = score;
      positives.set(size, isPositive);
      size++;
    }
  }

  /** Returns a metric of each class's ranking; NaN if the scores were discarded. */
  double[] scores(ToDoubleFunction<Ranking> score) {
    return scores(List.of(score)).get(0);
  }

  /** Returns the values of each metric for all classes; NaN if the scores were discarded. */
  List<double[]> scores(List<ToDoubleFunction<Ranking>> wanted) {
    List<double[]> by = new ArrayList<>();
    wanted.forEach(w -> by.add(Heap.doubles(operation, classes)));
    float[] all = scores;
    if (all == null) {
      by.forEach(values -> Arrays.fill(values, Double.NaN));
      return by;
    }
    for (int c = 0; c < classes; c++) {
      int of = c;
      Ranking ranking =
          Ranking.of(
              operation,
              size / classes,
              i -> all[i * classes + of],
              i -> positives.get(i * classes + of));
      for (int k = 0; k < by.size(); k++) {
        by.get(k)[c] = wanted.get(k).applyAsDouble(ranking);
      }
    }
    return by;
  }

  /** Returns the mean of the values that are not NaN; NaN if all are NaN. */
  static double mean(double[] scores) {
    return Arrays.stream(scores).filter(s -> !Double.isNaN(s)).average().orElse(Double.NaN);
  }
}
