package dev.quern.metric;

import dev.quern.internal.arguments.Heap;
import java.util.function.IntToDoubleFunction;

/**
 * Counts of labels, predictions and correct predictions by class, and the metrics derived from
 * them.
 */
final class ClassCounts {
  final long[] hits;
  final long[] labels;
  final long[] answers;

  ClassCounts(String operation, int classes) {
    hits = Heap.longs(operation, classes);
    labels = Heap.longs(operation, classes);
    answers = Heap.longs(operation, classes);
  }

  void add(int label, int answer) {
    labels[label]++;
    answers[answer]++;
    if (label == answer) {
      hits[label]++;
    }
  }

  double precision(int c) {
    return share(hits[c], answers[c]);
  }

  double recall(int c) {
    return share(hits[c], labels[c]);
  }

  /** Returns the f1 score, which equals Dice's coefficient. */
  double f1(int c) {
    return share(2.0 * hits[c], (double) labels[c] + answers[c]);
  }

  /** Returns the intersection over union, also called Jaccard's index. */
  double iou(int c) {
    return share(hits[c], (double) labels[c] + answers[c] - hits[c]);
  }

  /** Returns whether the class occurs as label or prediction. */
  boolean isSeen(int c) {
    return labels[c] > 0 || answers[c] > 0;
  }

  /** Returns a metric's mean over the classes that occur as label or prediction. */
  double macro(IntToDoubleFunction score) {
    double sum = 0;
    int seen = 0;
    for (int c = 0; c < hits.length; c++) {
      if (isSeen(c)) {
        sum += score.applyAsDouble(c);
        seen++;
      }
    }
    return share(sum, seen);
  }

  /** Returns a metric's mean over classes, weighted by each class's number of labels. */
  double weighted(IntToDoubleFunction score) {
    double sum = 0;
    double all = 0;
    for (int c = 0; c < hits.length; c++) {
      if (labels[c] > 0) {
        sum += labels[c] * score.applyAsDouble(c);
        all += labels[c];
      }
    }
    return share(sum, all);
  }

  static long sum(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  /** Returns {@code part / whole}, or 0 if {@code whole} is 0, as in scikit-learn. */
  static double share(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }
}
