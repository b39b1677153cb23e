package dev.quern.reference.loss;

import dev.quern.error.ShapeException;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.reference.support.Rows;

/**
 * Reference implementation of {@link SoftmaxFocal}: the loss of a row is {@code sum_c w[c] y[c]
 * q[c]^gamma l[c]}, where p is the row's softmax, {@code q = 1 - p} and {@code l = -log p}. For
 * labels, the mean divides by the sum of the class weights of all labels that are not ignored; for
 * other targets, by the number of rows.
 */
public final class SoftmaxFocalReference {
  private SoftmaxFocalReference() {}

  /** Returns the loss for one label per row. */
  public static double forward(SoftmaxFocal loss, NdArray logits, int[] labels) {
    Require.present("softmax_focal", "loss, logits, labels", loss, logits, labels);
    return new Problem(loss, logits, labels.clone()).loss();
  }

  /** Returns the gradient with respect to the logits. */
  public static NdArray backward(SoftmaxFocal loss, NdArray logits, int[] labels) {
    Require.present("softmax_focal", "loss, logits, labels", loss, logits, labels);
    return new Problem(loss, logits, labels.clone()).gradient();
  }

  /** Returns the loss for class probabilities with the logits' shape. */
  public static double forward(SoftmaxFocal loss, NdArray logits, NdArray targets) {
    Require.present("softmax_focal", "loss, logits, targets", loss, logits, targets);
    return new Problem(loss, logits, targets, null).loss();
  }

  /** Returns the gradient with respect to the logits. */
  public static NdArray backward(SoftmaxFocal loss, NdArray logits, NdArray targets) {
    Require.present("softmax_focal", "loss, logits, targets", loss, logits, targets);
    return new Problem(loss, logits, targets, null).gradient();
  }

  private static final class Problem {
    private final SoftmaxFocal loss;
    private final Rows rows;
    private final NdArray targets;
    private final double divisor;

    Problem(SoftmaxFocal loss, NdArray logits, int[] labels) {
      this(
          loss,
          logits,
          new Rows("softmax_focal", logits).oneHot(labels, loss.ignoreIndex()),
          labels);
    }

    Problem(SoftmaxFocal loss, NdArray logits, NdArray targets, int[] labelsOrNull) {
      this.loss = loss;
      this.targets = targets;
      rows = new Rows("softmax_focal", logits);
      Checks.shape("softmax_focal", "targets", targets, logits.shape());
      float[] w = loss.classWeights();
      if (w != null && w.length != rows.classes) {
        throw new ShapeException(
            "softmax_focal: "
                + w.length
                + " class weights do not fit "
                + rows.classes
                + " classes");
      }
      double weights = labelsOrNull == null ? rows.count : 0;
      for (int r = 0; labelsOrNull != null && r < rows.count; r++) {
        weights += labelsOrNull[r] == loss.ignoreIndex() ? 0 : weight(labelsOrNull[r]);
      }
      divisor = loss.reduction() == Reduction.SUM ? 1 : weights;
    }

    private double weight(int c) {
      float[] w = loss.classWeights();
      return w == null ? 1 : w[c];
    }

    double loss() {
      double sum = 0;
      for (int r = 0; r < rows.count; r++) {
        double[] q = rows.misses(r);
        double[] l = rows.surprises(r);
        for (int c = 0; c < rows.classes; c++) {
          double wanted = weight(c) * targets.get(rows.offset(r, c));
          if (wanted != 0) {
            sum += wanted * Math.pow(q[c], loss.gamma()) * l[c];
          }
        }
      }
      return sum / divisor;
    }

    /**
     * Returns the gradient with respect to the logits: {@code p sum w y s - w y s} for each class,
     * where {@code s = q^gamma + gamma q^(gamma - 1) p l}.
     */
    NdArray gradient() {
      NdArray grad = new NdArray(rows.logits.shape());
      for (int r = 0; r < rows.count; r++) {
        double[] p = rows.probabilities(r);
        double[] q = rows.misses(r);
        double[] l = rows.surprises(r);
        double[] pulls = new double[rows.classes];
        double all = 0;
        for (int c = 0; c < rows.classes; c++) {
          double wanted = weight(c) * targets.get(rows.offset(r, c));
          pulls[c] = wanted == 0 ? wanted : wanted * slope(p[c], q[c], l[c]);
          all += pulls[c];
        }
        for (int c = 0; c < rows.classes; c++) {
          double slope = all * p[c] - pulls[c];
          grad.set(rows.offset(r, c), slope == 0 ? 0 : slope / divisor);
        }
      }
      return grad;
    }

    private double slope(double p, double q, double l) {
      double gamma = loss.gamma();
      double rest = gamma == 0 || q == 0 || p == 0 ? 0 : gamma * Math.pow(q, gamma - 1) * p * l;
      return Math.pow(q, gamma) + rest;
    }
  }
}
