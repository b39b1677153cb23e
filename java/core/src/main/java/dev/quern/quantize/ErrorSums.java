package dev.quern.quantize;

import dev.quern.tensor.Shape;

/** Sums that measure a layer's quantization error by comparing its float and quantized outputs. */
final class ErrorSums {
  /** Maximum signal-to-noise ratio in dB, reported for bit-identical outputs. */
  private static final double MOST_DB = 200;

  private final int plane;
  private final double[] errors;
  private double squares;
  private double signal;
  private long count;

  /**
   * Creates sums of 0.
   *
   * @param shape the shape of the layer's output for one sample; the first axis is the channel
   */
  ErrorSums(Shape shape) {
    int channels = Math.toIntExact(shape.dim(0));
    plane = Math.toIntExact(shape.elements() / channels);
    errors = new double[channels];
  }

  void add(float[] floats, float[] quantized) {
    for (int from = 0, c = 0; from < floats.length; from += plane, c = (c + 1) % errors.length) {
      double sum = 0;
      for (int i = from; i < from + plane; i++) {
        double error = (double) quantized[i] - floats[i];
        sum += error;
        squares += error * error;
        signal += (double) floats[i] * floats[i];
      }
      errors[c] += sum;
    }
    count += floats.length / errors.length;
  }

  /** Returns the mean error of each channel. */
  double[] means() {
    double[] means = new double[errors.length];
    for (int c = 0; c < means.length; c++) {
      means[c] = errors[c] / count;
    }
    return means;
  }

  /**
   * Returns the signal-to-noise ratio in dB.
   *
   * @param corrected whether to subtract each channel's mean error first, as bias correction does
   */
  double snr(boolean corrected) {
    double noise = squares;
    for (double mean : means()) {
      noise -= corrected ? mean * mean * count : 0;
    }
    if (signal == 0) {
      return noise > 0 ? 0 : MOST_DB;
    }
    double db = 10 * Math.log10(signal / Math.max(noise, Double.MIN_NORMAL));
    return Math.max(-MOST_DB, Math.min(MOST_DB, db));
  }
}
