package dev.quern.reference.loss;

import dev.quern.error.ShapeException;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss.Reduction;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.reference.support.Rows;

/**
 * Reference implementation of {@link CrossEntropy}, as defined by PyTorch: logits {@code [N, C]} or
 * {@code [N, C, ...]}, with one row r per sample or position (R in all), class weights w (default
 * 1), label smoothing s, targets y (one-hot for a label) and {@code l = log_softmax(logits)}:
 *
 * <pre>
 * sum  = sum_r sum_c w[c] ((1 - s) y[r, c] + s / C) (-l[r, c])
 * mean = sum / sum_r w[label_r] for labels, sum / R for other targets
 * </pre>
 *
 * Rows with the ignored label are excluded from all sums.
 */
public final class CrossEntropyReference {
  private CrossEntropyReference() {}

  /**
   * Returns the loss.
   *
   * @throws ShapeException if labels or class weights do not fit the logits
   * @throws dev.quern.error.InvalidArgumentException if a label is not a class
   */
  public static double forward(CrossEntropy loss, NdArray logits, int[] labels) {
    Require.present("cross_entropy", "loss, logits, labels", loss, logits, labels);
    return new Problem(loss, logits, labels.clone()).loss();
  }

  /** Returns the gradient with respect to the logits. */
  public static NdArray backward(CrossEntropy loss, NdArray logits, int[] labels) {
    Require.present("cross_entropy", "loss, logits, labels", loss, logits, labels);
    return new Problem(loss, logits, labels.clone()).gradient();
  }

  /** Returns the loss for class probabilities as targets, with the logits' shape. */
  public static double forward(CrossEntropy loss, NdArray logits, NdArray targets) {
    Require.present("cross_entropy", "loss, logits, targets", loss, logits, targets);
    return new Problem(loss, logits, targets).loss();
  }

  /**
   * Returns the gradient with respect to the logits, for class probabilities with the logits'
   * shape.
   */
  public static NdArray backward(CrossEntropy loss, NdArray logits, NdArray targets) {
    Require.present("cross_entropy", "loss, logits, targets", loss, logits, targets);
    return new Problem(loss, logits, targets).gradient();
  }

  private static final class Problem {
    private final Rows rows;

    /**
     * Factors of the negative log-probabilities in the loss: weighted and smoothed targets, row by
     * row.
     */
    private final double[] wanted;

    private final double divisor;

    Problem(CrossEntropy loss, NdArray logits, int[] labels) {
      this(
          loss,
          logits,
          new Rows("cross_entropy", logits).oneHot(labels, loss.ignoreIndex()),
          labels);
    }

    Problem(CrossEntropy loss, NdArray logits, NdArray targets) {
      this(loss, logits, targets, null);
    }

    private Problem(CrossEntropy loss, NdArray logits, NdArray targets, int[] labelsOrNull) {
      rows = new Rows("cross_entropy", logits);
      Checks.shape("cross_entropy", "targets", targets, logits.shape());
      int classes = rows.classes;
      double[] weights = classWeights(loss.classWeights(), classes);
      double s = loss.labelSmoothing();
      wanted = new double[rows.count * classes];
      double labelWeights = 0;
      for (int r = 0; r < rows.count; r++) {
        if (labelsOrNull != null && labelsOrNull[r] == loss.ignoreIndex()) {
          continue; // an ignored row has neither loss nor gradient
        }
        for (int c = 0; c < classes; c++) {
          double y = targets.get(rows.offset(r, c));
          wanted[r * classes + c] = weights[c] * ((1 - s) * y + s / classes);
        }
        labelWeights += labelsOrNull == null ? 1 : weights[labelsOrNull[r]];
      }
      divisor = loss.reduction() == Reduction.SUM ? 1 : labelWeights;
    }

    double loss() {
      double sum = 0;
      for (int r = 0; r < rows.count; r++) {
        double[] surprises = rows.surprises(r);
        for (int c = 0; c < rows.classes; c++) {
          double target = wanted[r * rows.classes + c];
          if (target != 0) { // a class with target 0 may have a log-probability of minus infinity
            sum += target * surprises[c];
          }
        }
      }
      return sum / divisor;
    }

    NdArray gradient() {
      NdArray gradLogits = new NdArray(rows.logits.shape());
      for (int r = 0; r < rows.count; r++) {
        double[] probabilities = rows.probabilities(r);
        double targets = 0;
        for (int c = 0; c < rows.classes; c++) {
          targets += wanted[r * rows.classes + c];
        }
        for (int c = 0; c < rows.classes; c++) {
          double slope = targets * probabilities[c] - wanted[r * rows.classes + c];
          gradLogits.set(rows.offset(r, c), slope == 0 ? 0 : slope / divisor);
        }
      }
      return gradLogits;
    }
  }

  private static double[] classWeights(float[] given, int classes) {
    double[] weights = new double[classes];
    if (given != null && given.length != classes) {
      throw new ShapeException(
          "cross_entropy: " + given.length + " class weights do not fit " + classes + " classes");
    }
    for (int c = 0; c < classes; c++) {
      weights[c] = given == null ? 1 : given[c];
    }
    return weights;
  }
}
