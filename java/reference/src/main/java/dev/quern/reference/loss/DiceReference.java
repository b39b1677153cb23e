package dev.quern.reference.loss;

import dev.quern.loss.Dice;
import dev.quern.loss.Loss.Reduction;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.reference.support.Rows;

/**
 * Reference implementation of {@link Dice}: {@code 1 - (2 sum p y + s) / (sum p + sum y + s)} for
 * each sample and class. The sums are over all positions that are not ignored; p is the softmax
 * over the classes, or the sigmoid if there is only one class.
 */
public final class DiceReference {
  private DiceReference() {}

  /** Returns the loss for one label per position. */
  public static double forward(Dice loss, NdArray logits, int[] labels) {
    Require.present("dice", "loss, logits, labels", loss, logits, labels);
    return new Problem(loss, logits, labels.clone()).loss();
  }

  /** Returns the gradient with respect to the logits. */
  public static NdArray backward(Dice loss, NdArray logits, int[] labels) {
    Require.present("dice", "loss, logits, labels", loss, logits, labels);
    return new Problem(loss, logits, labels.clone()).gradient();
  }

  /** Returns the loss for targets with the logits' shape. */
  public static double forward(Dice loss, NdArray logits, NdArray targets) {
    Require.present("dice", "loss, logits, targets", loss, logits, targets);
    return new Problem(loss, logits, targets, null).loss();
  }

  /** Returns the gradient with respect to the logits. */
  public static NdArray backward(Dice loss, NdArray logits, NdArray targets) {
    Require.present("dice", "loss, logits, targets", loss, logits, targets);
    return new Problem(loss, logits, targets, null).gradient();
  }

  private static final class Problem {
    private final Dice loss;
    private final Rows rows;
    private final NdArray targets;
    private final int[] labels;
    private final double scale;

    Problem(Dice loss, NdArray logits, int[] labels) {
      this(loss, logits, new Rows("dice", logits).targets(labels, loss.ignoreIndex()), labels);
    }

    Problem(Dice loss, NdArray logits, NdArray targets, int[] labelsOrNull) {
      this.loss = loss;
      this.targets = targets;
      labels = labelsOrNull;
      rows = new Rows("dice", logits);
      Checks.shape("dice", "targets", targets, logits.shape());
      scale = loss.reduction() == Reduction.SUM ? 1 : 1.0 / (logits.dim(0) * rows.classes);
    }

    private boolean counts(int row) {
      return labels == null || labels[row] != loss.ignoreIndex();
    }

    private double probability(int row, int c) {
      double x = rows.logits.get(rows.offset(row, c));
      return rows.classes == 1 ? 1 / (1 + Math.exp(-x)) : rows.probabilities(row)[c];
    }

    /** Returns numerator and denominator of the fraction. */
    private double[] sides(int sample, int c) {
      double above = loss.smooth();
      double below = loss.smooth();
      for (int r = sample * rows.positions; r < (sample + 1) * rows.positions; r++) {
        if (counts(r)) {
          double p = probability(r, c);
          double y = targets.get(rows.offset(r, c));
          above += 2 * p * y;
          below += p + y;
        }
      }
      return new double[] {above, below};
    }

    double loss() {
      double sum = 0;
      for (int n = 0; n < rows.logits.dim(0); n++) {
        for (int c = 0; c < rows.classes; c++) {
          double[] sides = sides(n, c);
          sum += sides[1] == 0 ? 0 : 1 - sides[0] / sides[1];
        }
      }
      return sum * scale;
    }

    NdArray gradient() {
      NdArray grad = new NdArray(rows.logits.shape());
      for (int n = 0; n < rows.logits.dim(0); n++) {
        double[][] sides = new double[rows.classes][];
        for (int c = 0; c < rows.classes; c++) {
          sides[c] = sides(n, c);
        }
        for (int r = n * rows.positions; r < (n + 1) * rows.positions; r++) {
          if (counts(r)) {
            gradient(r, sides, grad);
          }
        }
      }
      return grad;
    }

    private void gradient(int r, double[][] sides, NdArray grad) {
      double[] pulls = new double[rows.classes];
      double mean = 0;
      for (int c = 0; c < rows.classes; c++) {
        double y = targets.get(rows.offset(r, c));
        double below = sides[c][1];
        pulls[c] = below == 0 ? 0 : scale * (sides[c][0] / below - 2 * y) / below;
        mean += probability(r, c) * pulls[c];
      }
      for (int c = 0; c < rows.classes; c++) {
        double p = probability(r, c);
        grad.set(rows.offset(r, c), p * (rows.classes == 1 ? pulls[c] * (1 - p) : pulls[c] - mean));
      }
    }
  }
}
