package dev.quern.quantize;

import dev.quern.error.NumericException;

/**
 * Distribution of a value over some images: first its bounds, which take one pass over the images,
 * then a histogram between them. Zeros are counted separately. They are exact in every range, and
 * so frequent after a ReLU that they would outweigh all other values.
 */
final class Histogram {
  static final int BINS = 2048;

  private final String name;
  private float low;
  private float high;
  private double perBin;
  private final long[] counts = new long[BINS];
  private long zeros;
  private long others;

  /**
   * @param name of the value, for messages
   */
  Histogram(String name) {
    this.name = name;
  }

  /** The first pass. Bounds always hold 0. */
  void bound(float[] values) {
    float least = low;
    float most = high;
    float sum = 0;
    for (float v : values) {
      least = Math.min(least, v);
      most = Math.max(most, v);
      sum += v * 0; // NaN stays NaN, and infinities become it
    }
    if (Float.isNaN(sum)) {
      throw notFinite(values);
    }
    low = least;
    high = most;
  }

  private NumericException notFinite(float[] values) {
    int i = 0;
    while (Float.isFinite(values[i])) {
      i++;
    }
    return new NumericException(
        "quantize: " + name + " gave " + values[i] + " on a calibration image");
  }

  /** The second pass, over the same values. */
  void count(float[] values) {
    perBin = BINS / Math.max((double) high - low, Double.MIN_NORMAL);
    long zero = 0;
    for (float v : values) {
      if (v == 0) {
        zero++;
      } else {
        int bin = (int) ((v - (double) low) * perBin);
        counts[Math.max(0, Math.min(BINS - 1, bin))]++;
      }
    }
    zeros += zero;
    others += values.length - zero;
  }

  float low() {
    return low;
  }

  float high() {
    return high;
  }

  /** Counts of values other than 0, by bin. */
  long[] counts() {
    return counts;
  }

  /** How many values are not 0. */
  long others() {
    return others;
  }

  long all() {
    return zeros + others;
  }

  /** The value in the middle of a bin. */
  double middle(int bin) {
    return low + (bin + 0.5) / perBin;
  }

  /** The bin that a value is in, or would be in. */
  int bin(double value) {
    return (int) Math.max(0, Math.min(BINS - 1, Math.floor((value - low) * perBin)));
  }
}
