package dev.quern.reference;

import dev.quern.error.ShapeException;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CrossEntropy.Reduction;

/**
 * The twin of {@link CrossEntropy}: logits {@code [N, C]} and N labels. PyTorch's rules, with class
 * weights w (all 1 if there are none), label smoothing s and {@code l = log_softmax(logits)}:
 *
 * <pre>
 * sum  = sum_n [ (1 - s) w[y_n] (-l[n, y_n]) + s / C sum_c w[c] (-l[n, c]) ]
 * mean = sum / sum_n w[y_n]
 * </pre>
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
    double[] weights = classWeights(loss, logits, labels);
    int classes = weights.length;
    double sum = 0;
    for (int n = 0; n < labels.length; n++) {
      double max = max(logits, n);
      double logSum = Math.log(sumOfExponentials(logits, n, max));
      for (int c = 0; c < classes; c++) {
        double target = target(loss, weights, labels[n], c);
        if (target != 0) { // a class that nobody asks for may have the logit minus infinity
          // the maximum is subtracted first: adding it to logSum would swallow that
          sum -= target * (logits.get(n * classes + c) - max - logSum);
        }
      }
    }
    return sum / divisor(loss, weights, labels);
  }

  /** The gradient of the logits. */
  public static NdArray backward(CrossEntropy loss, NdArray logits, int[] labels) {
    double[] weights = classWeights(loss, logits, labels);
    int classes = weights.length;
    double divisor = divisor(loss, weights, labels);
    NdArray gradLogits = new NdArray(logits.shape());
    for (int n = 0; n < labels.length; n++) {
      double max = max(logits, n);
      double exponentials = sumOfExponentials(logits, n, max);
      double targets = 0;
      for (int c = 0; c < classes; c++) {
        targets += target(loss, weights, labels[n], c);
      }
      for (int c = 0; c < classes; c++) {
        double probability = Math.exp(logits.get(n * classes + c) - max) / exponentials;
        double target = target(loss, weights, labels[n], c);
        gradLogits.set(n * classes + c, (targets * probability - target) / divisor);
      }
    }
    return gradLogits;
  }

  /**
   * What class c's log-probability is multiplied by: its weight times its smoothed one-hot value.
   */
  private static double target(CrossEntropy loss, double[] weights, int label, int c) {
    double smoothing = loss.labelSmoothing();
    return weights[c] * ((c == label ? 1 - smoothing : 0) + smoothing / weights.length);
  }

  private static double divisor(CrossEntropy loss, double[] weights, int[] labels) {
    if (loss.reduction() == Reduction.SUM) {
      return 1;
    }
    double sum = 0;
    for (int label : labels) {
      sum += weights[label];
    }
    return sum;
  }

  private static double max(NdArray logits, int n) {
    int classes = logits.dim(1);
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      max = Math.max(max, logits.get(n * classes + c));
    }
    return max;
  }

  private static double sumOfExponentials(NdArray logits, int n, double max) {
    int classes = logits.dim(1);
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += Math.exp(logits.get(n * classes + c) - max);
    }
    return sum;
  }

  private static double[] classWeights(CrossEntropy loss, NdArray logits, int[] labels) {
    Checks.labels("cross_entropy", logits, labels);
    float[] given = loss.classWeights();
    double[] weights = new double[logits.dim(1)];
    if (given != null && given.length != weights.length) {
      throw new ShapeException(
          "cross_entropy: "
              + given.length
              + " class weights do not fit "
              + weights.length
              + " classes");
    }
    for (int c = 0; c < weights.length; c++) {
      weights[c] = given == null ? 1 : given[c];
    }
    return weights;
  }
}
