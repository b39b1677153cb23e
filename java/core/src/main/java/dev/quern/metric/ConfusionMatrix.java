package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A confusion matrix: the number of predictions of each class for each label. Undefined ratios
 * (0/0) are 0. Immutable and thread-safe.
 */
public final class ConfusionMatrix {
  private static final String OPERATION = "confusion";

  /**
   * Maximum number of classes: the counts then occupy 512 MiB, and their text fits a Java string.
   */
  private static final int MOST_CLASSES = 8192;

  private final ClassNames classes;

  /** Counts in row-major order, with a row for each label. */
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
          OPERATION + ": count " + n + " must be at least 0, and the total at most 2^63 - 1");
    }
    return all + n;
  }

  /**
   * Creates a confusion matrix.
   *
   * @param names the class names; empty to use class indices
   * @param counts {@code [label][prediction]}, for 1 to 8192 classes
   * @throws ShapeException if the counts are not square
   * @throws InvalidArgumentException if a count is negative, or the number of names is not the
   *     number of classes
   */
  public static ConfusionMatrix of(List<String> names, long[]... counts) {
    int n = Require.present(OPERATION, "counts", counts).length;
    if (n > MOST_CLASSES) {
      throw new InvalidArgumentException(
          OPERATION + ": " + n + " classes exceed the maximum of " + MOST_CLASSES);
    }
    ClassNames classes = ClassNames.of(OPERATION, n, names);
    long[] flat = Heap.longs(OPERATION, (long) n * n);
    for (int label = 0; label < n; label++) {
      long[] row = Require.present(OPERATION, "row " + label + " of counts", counts[label]);
      if (row.length != n) {
        throw new ShapeException(
            OPERATION + ": row " + label + " has " + row.length + " counts for " + n + " classes");
      }
      System.arraycopy(row, 0, flat, label * n, n);
    }
    return new ConfusionMatrix(classes, flat);
  }

  static ConfusionMatrix of(ClassNames classes, long[] counts) {
    return new ConfusionMatrix(classes, counts.clone());
  }

  /** Returns the number of classes. */
  public int size() {
    return classes.count();
  }

  /** Returns the name of a class; its index if classes have no names. */
  public String name(int c) {
    return classes.name(checked(c));
  }

  /** Returns the number of samples with this label that were predicted as class {@code answer}. */
  public long count(int label, int answer) {
    return counts[checked(label) * size() + checked(answer)];
  }

  /** Returns a copy of the counts, {@code [label][prediction]}. */
  public long[][] counts() {
    long[][] all = new long[size()][];
    for (int label = 0; label < size(); label++) {
      all[label] = Arrays.copyOfRange(counts, label * size(), (label + 1) * size());
    }
    return all;
  }

  /** Returns the sum of all counts. */
  public long total() {
    return ClassCounts.sum(by.labels);
  }

  /** Returns the number of samples with this class as label. */
  public long support(int c) {
    return by.labels[checked(c)];
  }

  /** Returns the fraction of correct predictions among the predictions of this class. */
  public double precision(int c) {
    return by.precision(checked(c));
  }

  /** Returns the fraction of correct predictions among the samples with this class as label. */
  public double recall(int c) {
    return by.recall(checked(c));
  }

  /** Returns the harmonic mean of precision and recall; for pixels, this is Dice's coefficient. */
  public double f1(int c) {
    return by.f1(checked(c));
  }

  /** Returns the intersection over union, also called Jaccard's index. */
  public double iou(int c) {
    return by.iou(checked(c));
  }

  /** Returns the fraction of correct predictions. */
  public double accuracy() {
    return ClassCounts.share(ClassCounts.sum(by.hits), total());
  }

  /** Returns the mean of f1 over the classes that occur as label or prediction. */
  public double f1Macro() {
    return by.macro(by::f1);
  }

  /** Returns the mean of iou over the classes that occur as label or prediction. */
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
   * Returns the matrix as CSV: a header line with the class names, then one line per label with the
   * label's name and counts. Names with a comma, a quote or a line break are quoted as in RFC 4180.
   */
  public String toCsv() {
    return ConfusionText.csv(this);
  }

  /** Returns a table of at most 20 classes, with a row per label and a column per prediction. */
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
