package dev.quern.reference.support;

import dev.quern.error.ShapeException;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;

/** Logits {@code [N, C, ...]} as rows of C classes, one row per sample or position. */
public final class Rows {
  final String op;
  public final NdArray logits;
  public final int classes;
  public final int positions;
  public final int count;

  public Rows(String op, NdArray logits) {
    this.op = op;
    this.logits = logits;
    Shape shape = logits.shape();
    if (shape.rank() < 2 || shape.rank() > 4 || shape.elements() < 1) {
      throw new ShapeException(op + ": logits " + shape + " must be [batch, classes, ...]");
    }
    classes = logits.dim(1);
    positions = logits.size() / logits.dim(0) / classes;
    count = logits.size() / classes;
  }

  /** Returns the offset of a row's logit for class {@code c}; positions are the innermost axes. */
  public int offset(int row, int c) {
    return (row / positions * classes + c) * positions + row % positions;
  }

  /** Returns the softmax of a row. */
  public double[] probabilities(int row) {
    double max = max(row);
    double sum = 0;
    double[] p = new double[classes];
    for (int c = 0; c < classes; c++) {
      sum += p[c] = Math.exp(logits.get(offset(row, c)) - max);
    }
    for (int c = 0; c < classes; c++) {
      p[c] /= sum;
    }
    return p;
  }

  /**
   * Returns {@code -log softmax} of each class of a row; the maximum is subtracted first, for
   * accuracy.
   */
  public double[] surprises(int row) {
    double max = max(row);
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      sum += Math.exp(logits.get(offset(row, k)) - max);
    }
    double[] all = new double[classes];
    for (int c = 0; c < classes; c++) {
      all[c] = Math.log(sum) - (logits.get(offset(row, c)) - max);
    }
    return all;
  }

  /**
   * Returns {@code 1 - softmax} of each class of a row, computed, for accuracy, as the sum of the
   * softmax of the other classes.
   */
  public double[] misses(int row) {
    double[] p = probabilities(row);
    double[] all = new double[classes];
    for (int c = 0; c < classes; c++) {
      for (int k = 0; k < classes; k++) {
        all[c] += k == c ? 0 : p[k];
      }
    }
    return all;
  }

  private double max(int row) {
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      max = Math.max(max, logits.get(offset(row, c)));
    }
    return max;
  }

  /** Returns labels as one-hot targets with the logits' shape; ignored rows are 0. */
  public NdArray oneHot(int[] labels, int ignored) {
    return targets(labels, ignored, false);
  }

  /**
   * Returns labels as targets with the logits' shape: one-hot, or the labels 0 and 1 themselves if
   * there is only one class.
   */
  public NdArray targets(int[] labels, int ignored) {
    return targets(labels, ignored, classes == 1);
  }

  private NdArray targets(int[] labels, int ignored, boolean yesOrNo) {
    if (labels.length != count) {
      throw new ShapeException(op + ": " + labels.length + " labels do not fit " + count + " rows");
    }
    NdArray targets = new NdArray(logits.shape());
    for (int r = 0; r < count; r++) {
      if (labels[r] != ignored) {
        Checks.label(op, labels[r], r, yesOrNo ? 2 : classes);
        targets.set(offset(r, yesOrNo ? 0 : labels[r]), yesOrNo ? labels[r] : 1);
      }
    }
    return targets;
  }
}
