package dev.quern.metric;

import dev.quern.internal.arguments.Heap;
import org.jspecify.annotations.Nullable;

/** Counts labels and predictions by class and, up to 2048 classes, by (label, prediction) pair. */
final class Pairs {
  /** Maximum number of classes for counts by (label, prediction) pair, which occupy 32 MiB. */
  static final int MOST_CLASSES = 2048;

  private final ClassNames classes;
  private final ClassCounts counts;
  private final long @Nullable [] matrix;

  Pairs(ClassNames classes) {
    int n = classes.count();
    this.classes = classes;
    counts = new ClassCounts(classes.operation(), n);
    matrix = n > MOST_CLASSES ? null : Heap.longs(classes.operation(), (long) n * n);
  }

  void add(int label, int answer) {
    counts.add(label, answer);
    if (matrix != null) {
      matrix[label * classes.count() + answer]++;
    }
  }

  ClassCounts counts() {
    return counts;
  }

  /** Returns the confusion matrix; null for more than 2048 classes. */
  @Nullable ConfusionMatrix confusion() {
    return matrix == null ? null : ConfusionMatrix.of(classes, matrix);
  }
}
