package dev.quern.notebook.numpy;

import dev.quern.reference.NdArray;
import dev.quern.reference.layer.activation.SoftmaxReference;

/**
 * The notebook's {@code calculate_loss}: the mean of {@code -log(p + 1e-4)} over the labels'
 * probabilities p, so that a certain and wrong prediction costs 9.21 and not infinity.
 *
 * @param probabilities {@code [N, 10]}
 */
record NotebookLoss(double value, NdArray probabilities) {
  static final double EPSILON = 1e-4;

  static NotebookLoss of(NdArray logits, int[] labels) {
    NdArray probabilities = SoftmaxReference.forward(logits);
    int classes = logits.dim(1);
    double[] losses = new double[labels.length];
    for (int n = 0; n < labels.length; n++) {
      losses[n] = -Math.log(probabilities.get(n * classes + labels[n]) + EPSILON);
    }
    return new NotebookLoss(pairwiseSum(losses, 0, labels.length) / labels.length, probabilities);
  }

  /**
   * Halves added to halves, as {@code np.sum} does: adding 10,000 equal losses in a row would round
   * one way.
   */
  private static double pairwiseSum(double[] values, int from, int to) {
    if (to - from > 8) {
      int middle = (from + to) >>> 1;
      return pairwiseSum(values, from, middle) + pairwiseSum(values, middle, to);
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    return sum;
  }
}
