package dev.quern.data;

import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Means and standard deviations of a data set's channels, computed sample by sample, so that the
 * set may be larger than memory.
 */
final class Statistics {
  private static final double LEAST_STD = 1e-3;

  private final Dataset data;
  private final int size;
  private final int plane;
  private final double[] sum;
  private final double[] squares;

  /**
   * Creates empty statistics.
   *
   * @param shape the shape of the samples, which is read once
   */
  private Statistics(Dataset data, Shape shape) {
    this.data = data;
    int each = DatasetRules.each(data.name(), shape);
    size = DatasetRules.size(data);
    int channels = shape.rank() == 3 ? (int) shape.dim(0) : 1;
    plane = each / channels;
    sum = Heap.doubles("data set " + data.name(), channels);
    squares = Heap.doubles("data set " + data.name(), channels);
  }

  private static Shape shape(Dataset data) {
    return Require.present("data set " + data.name(), "shape", data.shape());
  }

  static Normalization ofBytes(Dataset data) {
    Statistics s = new Statistics(data, shape(data));
    byte[] sample = Heap.bytes("data set " + data.name(), s.plane * s.sum.length);
    ByteBuffer to = ByteBuffer.wrap(sample);
    for (int i = 0; i < s.size; i++) {
      data.copyBytes(i, to.clear());
      DatasetRules.requireFull(data.name(), i, to);
      s.add(sample);
    }
    return s.normalization(255);
  }

  static Normalization ofFloats(Dataset data) {
    Shape shape = shape(data);
    if (shape.rank() == 1) {
      return FeatureStatistics.of(data, shape);
    }
    Statistics s = new Statistics(data, shape);
    float[] sample = Heap.floats("data set " + data.name(), s.plane * s.sum.length);
    FloatBuffer to = FloatBuffer.wrap(sample);
    for (int i = 0; i < s.size; i++) {
      data.copyFloats(i, to.clear());
      DatasetRules.requireFull(data.name(), i, to);
      s.add(sample);
    }
    return s.normalization(1);
  }

  /** Adds a byte image; its sums are integers and therefore exact. */
  private void add(byte[] image) {
    for (int c = 0, p = 0; c < sum.length; c++) {
      long s = 0;
      long q = 0;
      for (int k = 0; k < plane; k++, p++) {
        int v = image[p] & 0xff;
        s += v;
        q += v * v;
      }
      sum[c] += s;
      squares[c] += q;
    }
  }

  private void add(float[] values) {
    for (int c = 0, p = 0; c < sum.length; c++) {
      for (int k = 0; k < plane; k++, p++) {
        double v = values[p];
        sum[c] += v;
        squares[c] += v * v;
      }
    }
  }

  private Normalization normalization(double unit) {
    return of((double) Math.max(1, size) * plane, unit, sum, squares);
  }

  /**
   * Returns the normalization with the mean and standard deviation from these sums.
   *
   * @param n the number of values of each channel
   * @param unit the divisor of the values: 255 for bytes, 1 for floats
   */
  static Normalization of(double n, double unit, double[] sum, double[] squares) {
    float[] mean = Heap.floats("normalization", sum.length);
    float[] std = Heap.floats("normalization", sum.length);
    for (int c = 0; c < sum.length; c++) {
      double m = sum[c] / n;
      mean[c] = (float) (m / unit);
      std[c] = (float) Math.max(LEAST_STD, Math.sqrt(Math.max(0, squares[c] / n - m * m)) / unit);
    }
    return new Normalization(mean, std);
  }
}
