package dev.quern.metric;

import dev.quern.internal.arguments.Heap;

/**
 * One sample's class probabilities in double precision, either given or computed from logits by
 * softmax. For logarithms, given probabilities are clipped to {@code [2^-23, 1 - 2^-23]}, as
 * scikit-learn does with float32.
 */
final class SoftmaxRow {
  private static final double EPSILON = 0x1p-23;

  private final boolean logits;
  private final double[] exponentials;
  private float[] values = new float[0];
  private int from;
  private int best;
  private double sum;
  private double others;

  SoftmaxRow(String operation, int classes, Outputs outputs) {
    logits = outputs == Outputs.LOGITS;
    exponentials = Heap.doubles(operation, classes);
  }

  /** Reads a sample's values, which start at index {@code begin}. */
  void read(float[] row, int begin) {
    values = row;
    from = begin;
    best = Batches.argmax(row, begin, exponentials.length, 1);
    if (!logits) {
      return;
    }
    others = 0;
    for (int c = 0; c < exponentials.length; c++) {
      exponentials[c] = Math.exp((double) row[begin + c] - row[begin + best]);
      others += c == best ? 0 : exponentials[c];
    }
    sum = 1 + others;
  }

  /** Returns the class with the largest value; of several equal values, the first. */
  int answer() {
    return best;
  }

  double probability(int c) {
    return logits ? exponentials[c] / sum : values[from + c];
  }

  double log(int c) {
    return logits
        ? (double) values[from + c] - values[from + best] - Math.log(sum)
        : clippedLog(values[from + c]);
  }

  static double clippedLog(double probability) {
    return Math.log(Math.min(Math.max(probability, EPSILON), 1 - EPSILON));
  }

  /**
   * Returns a value that increases with the class's probability: for logits, the log odds, which
   * remain distinct in float32 when probabilities round to 0 or 1.
   */
  float rank(int c) {
    if (!logits) {
      return values[from + c];
    }
    double rest = c == best ? others : sum - exponentials[c];
    return (float) ((double) values[from + c] - values[from + best] - Math.log(rest));
  }

  /** Returns the number of classes with a larger value, or an equal value and a smaller index. */
  int place(int label) {
    int before = 0;
    for (int c = 0; c < exponentials.length; c++) {
      float v = values[from + c];
      float own = values[from + label];
      before += v > own || v == own && c < label ? 1 : 0;
    }
    return before;
  }
}
