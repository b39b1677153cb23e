package dev.quern.reference;

import dev.quern.error.InvalidArgumentException;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;

/** One-hot vectors, accuracy and log loss. */
public final class MetricsReference {
  private MetricsReference() {}

  /**
   * {@code [N, classes]}: a 1 in each row at the label, 0 elsewhere.
   *
   * @throws InvalidArgumentException if a label is not in {@code [0, classes)}
   */
  public static NdArray oneHot(int[] labels, int classes) {
    Require.present("one_hot", "labels", labels);
    Checks.labels("one_hot", labels, classes);
    NdArray rows = new NdArray(Shape.of(labels.length, classes));
    for (int n = 0; n < labels.length; n++) {
      rows.set(n * classes + labels[n], 1);
    }
    return rows;
  }

  /**
   * The class of the largest score in row n. As in NumPy, the first of equals wins and a NaN wins
   * over numbers.
   */
  public static int argmax(NdArray scores, int n) {
    Require.present("argmax", "scores", scores);
    int classes = scores.dim(1);
    int first = n * classes;
    int best = 0;
    for (int c = 0; c < classes; c++) {
      double score = scores.get(first + c);
      if (Double.isNaN(score)) {
        return c;
      }
      if (score > scores.get(first + best)) {
        best = c;
      }
    }
    return best;
  }

  /** The share of rows of {@code scores [N, C]} whose {@link #argmax} is the label, from 0 to 1. */
  public static double accuracy(NdArray scores, int[] labels) {
    Require.present("accuracy", "scores, labels", scores, labels);
    Checks.labels("accuracy", scores, labels);
    int right = 0;
    for (int n = 0; n < labels.length; n++) {
      if (argmax(scores, n) == labels[n]) {
        right++;
      }
    }
    return (double) right / labels.length;
  }

  /**
   * The mean of {@code -log(p + epsilon)} over the labels' probabilities in {@code [N, C]}, as the
   * notebook has it with epsilon 1e-4.
   *
   * @param epsilon at least 0
   */
  public static double logLoss(NdArray probabilities, int[] labels, double epsilon) {
    Require.present("log_loss", "probabilities, labels", probabilities, labels);
    if (!(epsilon >= 0)) {
      throw new InvalidArgumentException("log_loss: epsilon " + epsilon + " must be at least 0");
    }
    Checks.labels("log_loss", probabilities, labels);
    int classes = probabilities.dim(1);
    double sum = 0;
    for (int n = 0; n < labels.length; n++) {
      sum -= Math.log(probabilities.get(n * classes + labels[n]) + epsilon);
    }
    return sum / labels.length;
  }
}
