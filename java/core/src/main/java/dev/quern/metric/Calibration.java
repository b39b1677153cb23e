package dev.quern.metric;

/**
 * Expected calibration error: the mean of {@code |mean confidence - accuracy|} over the bins {@code
 * (i / 15, (i + 1) / 15]} of confidence, weighted by the number of predictions in each bin;
 * confidence 0 belongs to the first bin.
 */
final class Calibration {
  static final int BINS = 15;

  private final long[] counts = new long[BINS];
  private final double[] confidences = new double[BINS];
  private final double[] right = new double[BINS];

  void add(double confidence, boolean isRight) {
    int bin = 0;
    while (bin < BINS - 1 && confidence > (bin + 1) / (double) BINS) {
      bin++;
    }
    counts[bin]++;
    confidences[bin] += confidence;
    right[bin] += isRight ? 1 : 0;
  }

  double error() {
    double sum = 0;
    for (int bin = 0; bin < BINS; bin++) {
      sum += Math.abs(confidences[bin] - right[bin]); // the bin's count cancels out
    }
    return ClassCounts.share(sum, ClassCounts.sum(counts));
  }
}
