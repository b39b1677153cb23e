package dev.quern.metric;

import dev.quern.internal.Heap;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Scores by sample and class, for what needs their order; none once they are too many. */
final class KeptScores {
  /** 64 MiB. */
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

  /** Makes room for a batch's samples, or gives all up. */
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

  /** Sample by sample, class by class. */
  void add(float score, boolean isPositive) {
    if (scores != null) {
      scores[size] = score;
      positives.set(size, isPositive);
      size++;
    }
  }

  /** What follows from the order of each class's; NaN where they are not kept. */
  double[] scores(ToDoubleFunction<Ranking> score) {
    double[] by = Heap.doubles(operation, classes);
    float[] all = scores;
    if (all == null) {
      Arrays.fill(by, Double.NaN);
      return by;
    }
    for (int c = 0; c < classes; c++) {
      int of = c;
      by[c] =
          score.applyAsDouble(
              Ranking.of(
                  operation,
                  size / classes,
                  i -> all[i * classes + of],
                  i -> positives.get(i * classes + of)));
    }
    return by;
  }

  /** The mean of those that are numbers; NaN of none. */
  static double mean(double[] scores) {
    return Arrays.stream(scores).filter(s -> !Double.isNaN(s)).average().orElse(Double.NaN);
  }
}
