package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Confusion matrix: how often each class was predicted for each label. Undefined ratios (0/0) are
 * 0. Immutable and thread-safe.
 */
public final class ConfusionMatrix {
  private static final String OPERATION = "confusion";

  /** 512 MiB; and all of it as text fits a Java string. */
  private static final int MOST_CLASSES = 8192;

  private final ClassNames classes;

  /** Row-major, the label first. */
  private final long[] counts;

  private final ClassCounts by;

  private ConfusionMatrix(ClassNames classes, long[] counts) {
    this.classes = classes;
    this.counts = counts;
    by = new ClassCounts(OPERATION, classes.count());
    long all = 0;
    for (int label = 0; label < classes.count(); label++) {
      for (int answer = 0; answer < classes.count(); answer++) {
        long n = counts[label * classes.count() + answer];
        all = requireSum(all, n);
        by.labels[label] += n;
        by.answers[answer] += n;
      }
      by.hits[label] = counts[label * classes.count() + label];
    }
  }

  private static long requireSum(long all, long n) {
    if (n < 0 || all + n < 0) {
      throw new InvalidArgumentException(
          OPERATION + ": count " + n + " is below 0, or all of them are over 2^63 - 1");
    }
    return all + n;
  }

  /**
   * @param names names of the classes; empty for their indices
   * @param counts {@code [label][prediction]}, at least 1 and at most 8192 of each
   * @throws ShapeException if it is not square
   * @throws InvalidArgumentException if a count is below 0, or the number of names differs
   */
  public static ConfusionMatrix of(List<String> names, long[]... counts) {
    int n = Require.present(OPERATION, "counts", counts).length;
    if (n > MOST_CLASSES) {
      throw new InvalidArgumentException(
          OPERATION + ": " + n + " classes are more than " + MOST_CLASSES);
    }
    ClassNames classes = ClassNames.of(OPERATION, n, names);
    long[] flat = Heap.longs(OPERATION, (long) n * n);
    for (int label = 0; label < n; label++) {
      long[] row = Require.present(OPERATION, "row " + label + " of counts", counts[label]);
      if (row.length != n) {
        throw new ShapeException(
            OPERATION + ": row " + label + " has " + row.length + " counts of " + n + " classes");
      }
      System.arraycopy(row, 0, flat, label * n, n);
    }
    return new ConfusionMatrix(classes, flat);
  }

  static ConfusionMatrix of(ClassNames classes, long[] counts) {
    return new ConfusionMatrix(classes, counts.clone());
  }

  /** The number of classes. */
  public int size() {
    return classes.count();
  }

  /** The name of a class, or its number. */
  public String name(int c) {
    return classes.name(checked(c));
  }

  /** Returns how often the class {@code answer} was predicted for the label. */
  public long count(int label, int answer) {
    return counts[checked(label) * size() + checked(answer)];
  }

  /** A copy of the counts, {@code [label][prediction]}. */
  public long[][] counts() {
    long[][] all = new long[size()][];
    for (int label = 0; label < size(); label++) {
      all[label] = Arrays.copyOfRange(counts, label * size(), (label + 1) * size());
    }
    return all;
  }

  /** All that were counted. */
  public long total() {
    return ClassCounts.sum(by.labels);
  }

  /** Returns how often the class is the label. */
  public long support(int c) {
    return by.labels[checked(c)];
  }

  /** The fraction of correct predictions among the predictions of this class. */
  public double precision(int c) {
    return by.precision(checked(c));
  }

  /** The share of the labels of this class that are found. */
  public double recall(int c) {
    return by.recall(checked(c));
  }

  /** The harmonic mean of precision and recall; Dice's coefficient, where pixels are counted. */
  public double f1(int c) {
    return by.f1(checked(c));
  }

  /** Intersection over union: Jaccard's index. */
  public double iou(int c) {
    return by.iou(checked(c));
  }

  /** The fraction of correct predictions. */
  public double accuracy() {
    return ClassCounts.share(ClassCounts.sum(by.hits), total());
  }

  /** The mean of f1 over the classes that occur as label or prediction. */
  public double f1Macro() {
    return by.macro(by::f1);
  }

  /** The mean of iou over the classes that occur as label or prediction. */
  public double meanIou() {
    return by.macro(by::iou);
  }

  private int checked(int c) {
    if (c < 0 || c >= size()) {
      throw new InvalidArgumentException(
          OPERATION + ": class " + c + " is outside [0, " + size() + ")");
    }
    return c;
  }

  /**
   * A line with the names of predictions, then one line per label: its name and its counts. Names
   * with a comma, a quote or a line break are quoted by RFC 4180.
   */
  public String toCsv() {
    return ConfusionText.csv(this);
  }

  /**
   * A table with a row per label and a column per prediction; with many classes only the first
   * ones.
   */
  @Override
  public String toString() {
    return ConfusionText.table(this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ConfusionMatrix m
        && size() == m.size()
        && classes.names().equals(m.classes.names())
        && Arrays.equals(counts, m.counts);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(counts) + classes.names().hashCode();
  }
}
