package dev.quern.reference.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Reference implementations of classification metrics and of one-hot encoding. */
public final class MetricsReference {
  private MetricsReference() {}

  /**
   * Returns the one-hot encoding {@code [N, classes]}: 1 at each row's label, 0 elsewhere.
   *
   * @throws InvalidArgumentException if a label is not in {@code [0, classes)}
   */
  public static NdArray oneHot(int[] labels, int classes) {
    Require.present("one_hot", "labels", labels);
    int[] own = Checks.labels("one_hot", labels, classes);
    NdArray rows = new NdArray(Shape.of(own.length, classes));
    for (int n = 0; n < own.length; n++) {
      rows.set(n * classes + own[n], 1);
    }
    return rows;
  }

  /**
   * Returns the class with the largest score in row n. As in NumPy, the first of equal scores is
   * selected, and NaN counts as the largest.
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

  /**
   * Returns the fraction of rows of {@code scores [N, C]} whose {@link #argmax} equals the label.
   */
  public static double accuracy(NdArray scores, int[] labels) {
    Require.present("accuracy", "scores, labels", scores, labels);
    int[] own = Checks.labels("accuracy", scores, labels);
    int right = 0;
    for (int n = 0; n < own.length; n++) {
      if (argmax(scores, n) == own[n]) {
        right++;
      }
    }
    return (double) right / own.length;
  }

  /**
   * Returns the mean of {@code -log(p + epsilon)}, where p is the probability of each row's label
   * in {@code probabilities [N, C]}.
   *
   * @param epsilon at least 0
   */
  public static double logLoss(NdArray probabilities, int[] labels, double epsilon) {
    Require.present("log_loss", "probabilities, labels", probabilities, labels);
    if (!(epsilon >= 0)) {
      throw new InvalidArgumentException("log_loss: epsilon " + epsilon + " must be at least 0");
    }
    int[] own = Checks.labels("log_loss", probabilities, labels);
    int classes = probabilities.dim(1);
    double sum = 0;
    for (int n = 0; n < own.length; n++) {
      sum -= Math.log(probabilities.get(n * classes + own[n]) + epsilon);
    }
    return sum / own.length;
  }

  /**
   * Returns the fraction of rows whose label is among the k classes with the largest scores; equal
   * scores rank in index order.
   */
  public static double topK(NdArray scores, int k, int[] labels) {
    Require.present("top_k", "scores, labels", scores, labels);
    int[] own = Checks.labels("top_k", scores, labels);
    if (k < 1 || k > scores.dim(1)) {
      throw new InvalidArgumentException("top_k: k " + k + " is not in [1, " + scores.dim(1) + "]");
    }
    int right = 0;
    for (int n = 0; n < own.length; n++) {
      int first = n * scores.dim(1);
      List<Integer> largestFirst =
          IntStream.range(0, scores.dim(1))
              .boxed()
              .sorted(Comparator.comparing((Integer c) -> -scores.get(first + c)))
              .toList();
      right += largestFirst.subList(0, k).contains(own[n]) ? 1 : 0;
    }
    return (double) right / own.length;
  }

  /**
   * Returns the expected calibration error over 15 bins {@code (b / 15, (b + 1) / 15]} of the
   * largest probability: the sum of {@code |mean probability - accuracy|} of each bin, weighted by
   * the bin's fraction of the rows.
   *
   * @param probabilities {@code [N, C]}, above 0
   */
  public static double calibrationError(NdArray probabilities, int[] labels) {
    Require.present("calibration_error", "probabilities, labels", probabilities, labels);
    int[] own = Checks.labels("calibration_error", probabilities, labels);
    double error = 0;
    for (int bin = 0; bin < 15; bin++) {
      double confidence = 0;
      double right = 0;
      for (int n = 0; n < own.length; n++) {
        int answer = argmax(probabilities, n);
        double p = probabilities.at(n, answer);
        if (p > bin / 15.0 && p <= (bin + 1) / 15.0) {
          confidence += p;
          right += answer == own[n] ? 1 : 0;
        }
      }
      error += Math.abs(confidence - right) / own.length;
    }
    return error;
  }

  /**
   * Returns the confusion matrix: element {@code [label, prediction]} is the number of rows with
   * this label and this {@link #argmax}.
   */
  public static NdArray confusion(NdArray scores, int[] labels) {
    Require.present("confusion", "scores, labels", scores, labels);
    int[] own = Checks.labels("confusion", scores, labels);
    NdArray counts = new NdArray(Shape.of(scores.dim(1), scores.dim(1)));
    for (int n = 0; n < own.length; n++) {
      counts.add(counts.offset(own[n], argmax(scores, n)), 1);
    }
    return counts;
  }

  /**
   * Returns the precision of class c: the fraction of predictions of c that are correct; 0 if c is
   * never predicted.
   */
  public static double precision(NdArray confusion, int c) {
    Require.present("precision", "confusion", confusion);
    double answers = 0;
    for (int label = 0; label < confusion.dim(0); label++) {
      answers += confusion.at(label, c);
    }
    return answers == 0 ? 0 : confusion.at(c, c) / answers;
  }

  /**
   * Returns the recall of class c: the fraction of samples with label c that are predicted
   * correctly; 0 if c is never a label.
   */
  public static double recall(NdArray confusion, int c) {
    Require.present("recall", "confusion", confusion);
    double labels = support(confusion, c);
    return labels == 0 ? 0 : confusion.at(c, c) / labels;
  }

  /** Returns the number of samples with label c. */
  public static double support(NdArray confusion, int c) {
    Require.present("support", "confusion", confusion);
    double labels = 0;
    for (int answer = 0; answer < confusion.dim(1); answer++) {
      labels += confusion.at(c, answer);
    }
    return labels;
  }

  /**
   * Returns the F1 score of class c, the harmonic mean of precision and recall; 0 if both are 0.
   */
  public static double f1(NdArray confusion, int c) {
    double p = precision(confusion, c);
    double r = recall(confusion, c);
    return p + r == 0 ? 0 : 2 * p * r / (p + r);
  }

  /**
   * Returns the intersection over union of class c: the number of rows with label and prediction c,
   * divided by the number of rows with label or prediction c; 0 if there are no such rows.
   */
  public static double iou(NdArray confusion, int c) {
    Require.present("iou", "confusion", confusion);
    double union = 0;
    for (int label = 0; label < confusion.dim(0); label++) {
      for (int answer = 0; answer < confusion.dim(1); answer++) {
        union += label == c || answer == c ? confusion.at(label, answer) : 0;
      }
    }
    return union == 0 ? 0 : confusion.at(c, c) / union;
  }
}
