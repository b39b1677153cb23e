package dev.quern.notebook;

import java.util.Arrays;

/**
 * A replayed tensor beside the recorded one.
 *
 * @param difference the largest absolute difference, as a share of the recorded tensor's largest
 *     magnitude; NaN where a NaN is on either side
 * @param compared false for the updated kernels, which overflow int64 in the notebook
 */
record Comparison(Ledger.Entry entry, double difference, boolean compared) {
  /** The largest difference that passes. */
  static final double TOLERANCE = 1e-5;

  static Comparison of(Ledger.Entry entry, RecordedStep step) {
    boolean overflown =
        RecordedStep.KERNELS.stream().anyMatch(k -> entry.name().equals("after." + k));
    double[] recorded = step.values(entry.name());
    return new Comparison(entry, difference(entry.values(), recorded), !overflown);
  }

  /** The largest |a - b| over the largest |b|; any NaN makes it NaN. */
  static double difference(double[] a, double[] b) {
    double largest = 0;
    for (int i = 0; i < b.length; i++) {
      // equal infinities differ by nothing
      largest = Math.max(largest, a[i] == b[i] ? 0 : Math.abs(a[i] - b[i]));
    }
    double scale = Arrays.stream(b).map(Math::abs).max().orElse(0);
    return largest == 0 ? 0 : largest / scale;
  }

  boolean agrees() {
    return difference <= TOLERANCE;
  }

  boolean passes() {
    return agrees() || !compared;
  }

  String verdict() {
    if (!compared) {
      return "not compared";
    }
    return agrees() ? "agrees" : "DIFFERS";
  }
}
