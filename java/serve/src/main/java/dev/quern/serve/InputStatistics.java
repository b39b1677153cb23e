package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.data.Normalization;

/**
 * Mean and standard deviation of a sample's normalized values: 0 and 1 if the sample matches the
 * training data. For large images, only some of the pixels are used.
 */
record InputStatistics(double mean, double deviation) {
  private static final int MOST_VALUES = 1 << 14;
  private static final double MOST_BYTE = 255;

  /** Computes the statistics of an image before it is resized. */
  static InputStatistics of(Image image, Normalization training) {
    float[] means = training.mean();
    float[] deviations = training.std();
    int channels = image.channels();
    int width = image.width();
    long pixels = (long) image.height() * width;
    long step = 1 + pixels / MOST_VALUES;
    Sums sums = new Sums();
    for (int c = 0; c < channels; c++) {
      int of = c % means.length; // a gray image for a color network, or vice versa
      for (long i = 0; i < pixels; i += step) {
        double value = image.get(c, (int) (i / width), (int) (i % width)) / MOST_BYTE;
        sums.add((value - means[of]) / deviations[of]);
      }
    }
    return sums.statistics();
  }

  /**
   * Computes the statistics of one normalized sample: values {@code from} (inclusive) to {@code to}
   * (exclusive).
   */
  static InputStatistics of(float[] values, int from, int to) {
    int step = 1 + (to - from) / MOST_VALUES;
    Sums sums = new Sums();
    for (int i = from; i < to; i += step) {
      sums.add(values[i]);
    }
    return sums.statistics();
  }

  private static final class Sums {
    private long count;
    private double sum;
    private double squares;

    void add(double value) {
      count++;
      sum += value;
      squares += value * value;
    }

    InputStatistics statistics() {
      double mean = sum / count;
      return new InputStatistics(mean, Math.sqrt(Math.max(0, squares / count - mean * mean)));
    }
  }
}
