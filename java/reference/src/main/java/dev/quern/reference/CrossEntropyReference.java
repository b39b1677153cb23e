package dev.quern.reference;

import dev.quern.error.ShapeException;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss.Reduction;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;

/**
 * The twin of {@link CrossEntropy}: logits {@code [N, C]} or {@code [N, C, ...]}, whose R rows are
 * the samples or the positions. PyTorch's rules, with class weights w (all 1 if there are none),
 * label smoothing s, targets y (one-hot for a label) and {@code l = log_softmax(logits)}:
 *
 * <pre>
 * sum  = sum_r sum_c w[c] ((1 - s) y[r, c] + s / C) (-l[r, c])
 * mean = sum / sum_r w[label_r] for labels, sum / R for other targets
 * </pre>
 *
 * A row of the ignored label is left out of each sum.
 */
public final class CrossEntropyReference {
  private CrossEntropyReference() {}

  /**
   * The loss.
   *
   * @throws ShapeException if labels or class weights do not fit the logits
   * @throws dev.quern.error.InvalidArgumentException if a label is not a class
   */
  public static double forward(CrossEntropy loss, NdArray logits, int[] labels) {
    Require.present("cross_entropy", "loss, logits, labels", loss, logits, labels);
    return new Problem(loss, logits, labels).loss();
  }

  /** The gradient of the logits. */
  public static NdArray backward(CrossEntropy loss, NdArray logits, int[] labels) {
    Require.present("cross_entropy", "loss, logits, labels", loss, logits, labels);
    return new Problem(loss, logits, labels).gradient();
  }

  /** The loss against class probabilities of the logits' shape. */
  public static double forward(CrossEntropy loss, NdArray logits, NdArray targets) {
    Require.present("cross_entropy", "loss, logits, targets", loss, logits, targets);
    return new Problem(loss, logits, targets).loss();
  }

  /** The gradient of the logits, against class probabilities of their shape. */
  public static NdArray backward(CrossEntropy loss, NdArray logits, NdArray targets) {
    Require.present("cross_entropy", "loss, logits, targets", loss, logits, targets);
    return new Problem(loss, logits, targets).gradient();
  }

  private static final class Problem {
    final NdArray logits;
    final int rows;
    final int classes;

    /** What each log-probability is multiplied by, row by row. */
    final double[] wanted;

    final double divisor;

    Problem(CrossEntropy loss, NdArray logits, int[] labels) {
      this(loss, logits, oneHot(loss, logits, labels), labels);
    }

    Problem(CrossEntropy loss, NdArray logits, NdArray targets) {
      this(loss, logits, targets, null);
    }

    private Problem(CrossEntropy loss, NdArray logits, NdArray targets, int[] labelsOrNull) {
      this.logits = logits;
      requireRows(logits.shape());
      Checks.shape("cross_entropy", "targets", targets, logits.shape());
      classes = logits.dim(1);
      rows = logits.size() / classes;
      double[] weights = classWeights(loss.classWeights(), classes);
      double s = loss.labelSmoothing();
      wanted = new double[rows * classes];
      double labelWeights = 0;
      for (int r = 0; r < rows; r++) {
        if (labelsOrNull != null && labelsOrNull[r] == loss.ignoreIndex()) {
          continue; // nothing is wanted: no loss and no gradient
        }
        for (int c = 0; c < classes; c++) {
          double y = targets.get(offset(r, c));
          wanted[r * classes + c] = weights[c] * ((1 - s) * y + s / classes);
        }
        labelWeights += labelsOrNull == null ? 1 : weights[labelsOrNull[r]];
      }
      divisor = loss.reduction() == Reduction.SUM ? 1 : labelWeights;
    }

    /** Where a row's logit of a class lies: pixels are innermost. */
    int offset(int row, int c) {
      return CrossEntropyReference.offset(logits.shape(), row, c);
    }

    double loss() {
      double sum = 0;
      for (int r = 0; r < rows; r++) {
        double max = max(r);
        double logSum = Math.log(sumOfExponentials(r, max));
        for (int c = 0; c < classes; c++) {
          double target = wanted[r * classes + c];
          if (target != 0) { // a class that nobody asks for may have the logit minus infinity
            // the maximum is subtracted first: adding it to logSum would swallow that
            sum -= target * (logits.get(offset(r, c)) - max - logSum);
          }
        }
      }
      return sum / divisor;
    }

    NdArray gradient() {
      NdArray gradLogits = new NdArray(logits.shape());
      for (int r = 0; r < rows; r++) {
        double max = max(r);
        double exponentials = sumOfExponentials(r, max);
        double targets = 0;
        for (int c = 0; c < classes; c++) {
          targets += wanted[r * classes + c];
        }
        for (int c = 0; c < classes; c++) {
          double probability = Math.exp(logits.get(offset(r, c)) - max) / exponentials;
          double target = wanted[r * classes + c];
          double slope = targets * probability - target;
          gradLogits.set(offset(r, c), slope == 0 ? 0 : slope / divisor);
        }
      }
      return gradLogits;
    }

    private double max(int row) {
      double max = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        max = Math.max(max, logits.get(offset(row, c)));
      }
      return max;
    }

    private double sumOfExponentials(int row, double max) {
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += Math.exp(logits.get(offset(row, c)) - max);
      }
      return sum;
    }
  }

  private static void requireRows(Shape logits) {
    if (logits.rank() < 2 || logits.rank() > 4 || logits.dim(0) < 1 || logits.dim(1) < 1) {
      throw new ShapeException("cross_entropy: scores " + logits + " are not batch x classes");
    }
  }

  private static int offset(Shape logits, int row, int c) {
    int classes = (int) logits.dim(1);
    int pixels = (int) (logits.elements() / logits.dim(0) / classes);
    return (row / pixels * classes + c) * pixels + row % pixels;
  }

  private static NdArray oneHot(CrossEntropy loss, NdArray logits, int[] labels) {
    requireRows(logits.shape());
    int rows = logits.size() / logits.dim(1);
    if (labels.length != rows) {
      throw new ShapeException(
          "cross_entropy: " + labels.length + " labels do not fit a batch of " + rows);
    }
    NdArray targets = new NdArray(logits.shape());
    for (int r = 0; r < rows; r++) {
      if (labels[r] != loss.ignoreIndex()) {
        Checks.label("cross_entropy", labels[r], r, logits.dim(1));
        targets.set(offset(logits.shape(), r, labels[r]), 1);
      }
    }
    return targets;
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
