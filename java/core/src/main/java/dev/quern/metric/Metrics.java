package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.loss.CrossEntropyKernel;
import dev.quern.loss.CrossEntropy;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * Functions that each compute one metric from all outputs at once, and a function that creates
 * one-hot targets. To compute all metrics of a task batch by batch, use {@link Scorer}.
 * Thread-safe.
 */
public final class Metrics {
  private Metrics() {}

  /**
   * Returns one-hot rows, with 1 at the label and 0 elsewhere.
   *
   * @return {@code [labels.length, classes]}, in {@code arena}
   * @throws dev.quern.error.MemoryLimitException if the result needs more memory than available
   */
  public static Tensor oneHot(Arena arena, int[] labels, int classes) {
    Require.present("one_hot", "arena", arena);
    Require.present("one_hot", "labels", labels);
    if (classes < 1) {
      throw new InvalidArgumentException("one_hot: classes " + classes + " must be at least 1");
    }
    if ((long) labels.length * classes > Heap.MOST) {
      throw new InvalidArgumentException(
          "one_hot: "
              + labels.length
              + " labels of "
              + classes
              + " classes exceed the maximum of "
              + Heap.MOST
              + " values");
    }
    Tensor rows = arena.tensor(Shape.of(labels.length, classes));
    try (Scratch scratch = new Scratch(rows)) {
      FloatPointer values = scratch.raw(rows);
      for (int i = 0; i < labels.length; i++) {
        int label = labels[i]; // read once: the caller's array may change
        checkLabel("one_hot", label, classes);
        values.put((long) i * classes + label, 1);
      }
    }
    return rows;
  }

  /**
   * Computes accuracy: the fraction of rows whose largest score is at the label's index; of several
   * equal scores, the first counts.
   *
   * @param scores {@code [N, C]}, logits or probabilities
   */
  public static double accuracy(Tensor scores, int... labels) {
    int[] own = checkRows("accuracy", scores, labels);
    Shape s = scores.shape();
    try (Scratch scratch = new Scratch(scores)) {
      long[] correct = new long[1];
      CrossEntropyKernel.countCorrect(
          s.dim(0),
          s.dim(1),
          CrossEntropy.IGNORE_INDEX,
          scratch.raw(scores),
          scratch.ints(own),
          correct);
      return (double) correct[0] / own.length;
    }
  }

  /**
   * Computes the log loss: the mean of {@code -log(p[label] + epsilon)}, where epsilon, for example
   * 1e-4, avoids infinities.
   *
   * @param probabilities {@code [N, C]}
   */
  public static double logLoss(Tensor probabilities, double epsilon, int... labels) {
    int[] own = checkRows("log_loss", probabilities, labels);
    if (!(epsilon >= 0)) {
      throw new InvalidArgumentException("log_loss: epsilon " + epsilon + " must be at least 0");
    }
    double sum = 0;
    for (int i = 0; i < own.length; i++) {
      sum -= Math.log(probabilities.get(i, own[i]) + epsilon);
    }
    return sum / own.length;
  }

  /**
   * Computes top-k accuracy: the fraction of rows whose label is among the {@code k} largest
   * scores; equal scores are ranked by ascending index.
   *
   * @param scores {@code [N, C]}, logits or probabilities
   * @param k in [1, C]
   * @throws dev.quern.error.NumericException if a score is NaN or infinite
   */
  public static double topK(Tensor scores, int k, int... labels) {
    int[] own = checkRows("top_k", scores, labels);
    return singleLabel(scores, Outputs.LOGITS, own, k).metric("top" + k + "_accuracy");
  }

  /**
   * Computes the expected calibration error over 15 bins: the mean absolute difference between
   * confidence, which is a row's largest probability, and accuracy.
   *
   * @param probabilities {@code [N, C]}
   * @throws dev.quern.error.NumericException if a probability is NaN or infinite
   */
  public static double calibrationError(Tensor probabilities, int... labels) {
    int[] own = checkRows("calibration_error", probabilities, labels);
    return singleLabel(probabilities, Outputs.PROBABILITIES, own).metric("calibration_error");
  }

  private static Report singleLabel(Tensor scores, Outputs outputs, int[] labels, int... topK) {
    float[] values = scores.toArray();
    return Scorer.singleLabel(values.length / labels.length, List.of(), outputs, topK)
        .add(labels.length, values, labels)
        .report();
  }

  /**
   * Returns the confusion matrix of predictions. A row's prediction is the class with the largest
   * score; of several equal scores, the first.
   *
   * @param scores {@code [N, C]}, logits or probabilities, C at most 2048
   * @throws dev.quern.error.NumericException if a score is NaN or infinite
   */
  public static ConfusionMatrix confusion(Tensor scores, int... labels) {
    int[] own = checkRows("confusion", scores, labels);
    return matrix(scores, s -> s.add(own.length, scores.toArray(), own), null);
  }

  /**
   * Returns the confusion matrix of pixels; its {@link ConfusionMatrix#meanIou()} is the mean
   * intersection over union.
   *
   * @param scores {@code [N, C, ...]}, logits or probabilities, C at most 2048
   * @param labels class indices {@code [N, ...]}, or probabilities of the scores' shape
   */
  public static ConfusionMatrix confusion(Tensor scores, Tensor labels) {
    return pixels(scores, labels, null);
  }

  /**
   * Returns the confusion matrix without the pixels of one label.
   *
   * @param ignored the ignored label, inside or outside the classes
   */
  public static ConfusionMatrix confusion(Tensor scores, Tensor labels, int ignored) {
    return pixels(scores, labels, ignored);
  }

  private static ConfusionMatrix pixels(Tensor scores, Tensor labels, @Nullable Integer ignored) {
    Shape s = Require.present("confusion", "scores", scores).shape();
    Shape l = Require.present("confusion", "labels", labels).shape();
    if (s.rank() < 2 || s.elements() == 0 || !l.equals(s) && !l.equals(withoutClasses(s))) {
      throw new ShapeException(
          "confusion: labels " + l + " do not fit scores " + s + " of shape [rows, classes, ...]");
    }
    int n = Math.toIntExact(s.dim(0)); // fits: one Java array contains all values
    return matrix(scores, m -> m.add(n, scores.toArray(), labels.toArray()), ignored);
  }

  private static Shape withoutClasses(Shape s) {
    long[] dims = s.toArray();
    long[] left = new long[dims.length - 1];
    left[0] = dims[0];
    System.arraycopy(dims, 2, left, 1, left.length - 1);
    return Shape.of(left);
  }

  private static ConfusionMatrix matrix(
      Tensor scores, UnaryOperator<Scorer> batch, @Nullable Integer ignored) {
    long classes = scores.shape().dim(1);
    if (classes > Pairs.MOST_CLASSES) {
      throw new InvalidArgumentException(
          "confusion: " + classes + " classes exceed the maximum of " + Pairs.MOST_CLASSES);
    }
    Report report = batch.apply(Scorer.pixelClasses((int) classes, List.of(), ignored)).report();
    return Objects.requireNonNull(report.confusion());
  }

  /**
   * Computes the area under the ROC curve (AUC): the fraction of (positive, negative) pairs in
   * which the positive has the larger score; ties count half. NaN if there are no such pairs.
   *
   * @param labels 1 for a positive, 0 for a negative, one per score
   * @throws dev.quern.error.NumericException if a score is NaN or infinite
   */
  public static double auc(float[] scores, int... labels) {
    return ranking("auc", scores, labels).auc();
  }

  /**
   * Computes average precision: the sum over all thresholds, in descending order, of precision
   * times the increase of recall. 0 if there are no positives.
   *
   * @param labels 1 for a positive, 0 for a negative, one per score
   * @throws dev.quern.error.NumericException if a score is NaN or infinite
   */
  public static double averagePrecision(float[] scores, int... labels) {
    return ranking("average_precision", scores, labels).averagePrecision();
  }

  private static Ranking ranking(String op, float[] given, int[] labels) {
    float[] scores = Require.present(op, "scores", given).clone();
    int[] own = Require.present(op, "labels", labels).clone();
    Batches.requireFinite(op, "score", scores);
    if (scores.length == 0 || scores.length != own.length) {
      throw new ShapeException(
          op
              + ": found "
              + own.length
              + " labels and "
              + scores.length
              + " scores, expected equal numbers of at least 1");
    }
    for (int label : own) {
      checkLabel(op, label, 2);
    }
    return Ranking.of(op, scores.length, i -> scores[i], i -> own[i] == 1);
  }

  /**
   * Computes the mean absolute error over all values.
   *
   * @param targets the targets, of the outputs' shape, {@code [N, ...]}
   * @throws dev.quern.error.NumericException if a value is NaN or infinite
   */
  public static double mae(Tensor outputs, Tensor targets) {
    return regression("mae", outputs, targets);
  }

  /**
   * Returns the root mean squared error, computed for each output, then averaged over the outputs.
   */
  public static double rmse(Tensor outputs, Tensor targets) {
    return regression("rmse", outputs, targets);
  }

  /**
   * Returns the coefficient of determination, computed for each output, then averaged over the
   * outputs; NaN for fewer than two samples.
   */
  public static double r2(Tensor outputs, Tensor targets) {
    return regression("r2", outputs, targets);
  }

  private static double regression(String op, Tensor outputs, Tensor targets) {
    Shape s = Require.present(op, "outputs", outputs).shape();
    Shape t = Require.present(op, "targets", targets).shape();
    if (s.rank() == 0 || s.elements() == 0 || !t.equals(s)) {
      throw new ShapeException(
          op + ": targets " + t + " must have the shape of outputs " + s + " and not be empty");
    }
    float[] values = outputs.toArray();
    int n = Math.toIntExact(s.dim(0)); // fits: one Java array contains all values
    return Scorer.regression(values.length / n, List.of())
        .add(n, values, targets.toArray())
        .report()
        .metric(op);
  }

  private static int[] checkRows(String op, Tensor scores, int[] labels) {
    int[] own = Require.present(op, "labels", labels).clone();
    Shape s = Require.present(op, "scores", scores).shape();
    if (s.rank() != 2 || s.dim(0) != own.length || own.length == 0) {
      throw new ShapeException(
          op
              + ": scores "
              + s
              + " do not fit "
              + own.length
              + " labels, expected shape [labels, classes] with at least one label");
    }
    for (int label : own) {
      checkLabel(op, label, s.dim(1));
    }
    return own;
  }

  private static void checkLabel(String op, int label, long classes) {
    if (label < 0 || label >= classes) {
      throw new InvalidArgumentException(
          op + ": label " + label + " is outside [0, " + classes + ")");
    }
  }
}
