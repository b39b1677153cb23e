package dev.quern.quantize;

import dev.quern.error.NumericException;

/**
 * Distribution of a value over the calibration images. The first pass over the images determines
 * the bounds, the second counts values in a histogram. Zeros are counted separately: they are exact
 * in every range, and after a ReLU they are so frequent that they would outweigh all other values.
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
   * Creates an empty histogram.
   *
   * @param name the value's name, for messages
   */
  Histogram(String name) {
    this.name = name;
  }

  /**
   * Extends the bounds to include these values, in the first pass. The bounds always include 0.
   *
   * @throws NumericException if a value is NaN or infinite
   */
  void bound(float[] values) {
    float least = low;
    float most = high;
    float sum = 0;
    for (float v : values) {
      least = Math.min(least, v);
      most = Math.max(most, v);
      sum += v * 0; // 0 for finite values, otherwise NaN
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
        "quantize: " + name + " has value " + values[i] + " for a calibration image");
  }

  /** Counts these values, in the second pass; they must be the values of the first pass. */
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

  /** Returns the number of values in each bin, without zeros. */
  long[] counts() {
    return counts;
  }

  /** Returns the number of values that are not 0. */
  long others() {
    return others;
  }

  long all() {
    return zeros + others;
  }

  /** Returns the center of a bin. */
  double middle(int bin) {
    return low + (bin + 0.5) / perBin;
  }

  /**
   * Returns the index of the bin to which a value belongs; the nearest bin for a value outside the
   * bounds.
   */
  int bin(double value) {
    return (int) Math.max(0, Math.min(BINS - 1, Math.floor((value - low) * perBin)));
  }
}
