package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Heap;
import dev.quern.internal.Require;
import dev.quern.kernel.CrossEntropyKernel;
import dev.quern.kernel.Scratch;
import dev.quern.loss.CrossEntropy;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/** One-hot targets, accuracy and log loss. Thread-safe. */
public final class Metrics {
  private Metrics() {}

  /**
   * Rows with a 1 at their label and 0 elsewhere.
   *
   * @return {@code [labels.length, classes]}, in {@code arena}
   * @throws dev.quern.error.MemoryLimitException if that is more memory than there is
   */
  public static Tensor oneHot(Arena arena, int[] labels, int classes) {
    Require.present("one_hot", "arena", arena);
    Require.present("one_hot", "labels", labels);
    if (classes < 1 || (long) labels.length * classes > Heap.MOST) {
      throw new InvalidArgumentException(
          "one_hot: "
              + labels.length
              + " labels of "
              + classes
              + " classes are not between 1 class and 2^31 values");
    }
    Tensor rows = arena.tensor(Shape.of(labels.length, classes));
    try (Scratch scratch = new Scratch(rows)) {
      FloatPointer values = scratch.raw(rows);
      for (int i = 0; i < labels.length; i++) {
        int label = labels[i]; // once: the caller's array may change
        checkLabel("one_hot", label, classes);
        values.put((long) i * classes + label, 1);
      }
    }
    return rows;
  }

  /**
   * The share of rows whose largest score (the first of equals) is at their label.
   *
   * @param scores {@code [N, C]}, logits or probabilities
   */
  public static double accuracy(Tensor scores, int... labels) {
    Shape s = checkRows("accuracy", scores, labels);
    try (Scratch scratch = new Scratch(scores)) {
      long[] correct = new long[1];
      CrossEntropyKernel.countCorrect(
          s.dim(0),
          s.dim(1),
          CrossEntropy.IGNORE_INDEX,
          scratch.raw(scores),
          scratch.ints(labels),
          correct);
      return (double) correct[0] / labels.length;
    }
  }

  /**
   * The mean of {@code -log(p[label] + epsilon)}; the notebook's epsilon is 1e-4.
   *
   * @param probabilities {@code [N, C]}
   */
  public static double logLoss(Tensor probabilities, double epsilon, int... labels) {
    checkRows("log_loss", probabilities, labels);
    if (!(epsilon >= 0)) {
      throw new InvalidArgumentException("log_loss: epsilon " + epsilon + " must be at least 0");
    }
    double sum = 0;
    for (int i = 0; i < labels.length; i++) {
      sum -= Math.log(probabilities.get(i, labels[i]) + epsilon);
    }
    return sum / labels.length;
  }

  private static Shape checkRows(String op, Tensor scores, int[] labels) {
    Require.present(op, "labels", labels);
    Shape s = Require.present(op, "scores", scores).shape();
    if (s.rank() != 2 || s.dim(0) != labels.length || labels.length == 0) {
      throw new ShapeException(
          op
              + ": scores "
              + s
              + " do not fit "
              + labels.length
              + " labels (rows x classes wanted, at least one row)");
    }
    for (int label : labels) {
      checkLabel(op, label, s.dim(1));
    }
    return s;
  }

  private static void checkLabel(String op, int label, long classes) {
    if (label < 0 || label >= classes) {
      throw new InvalidArgumentException(
          op + ": label " + label + " is outside [0, " + classes + ")");
    }
  }
}
