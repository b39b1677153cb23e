package dev.quern.data;

import dev.quern.internal.arguments.Heap;
import dev.quern.tensor.Shape;
import java.nio.FloatBuffer;

/**
 * Mean and standard deviation of each feature of samples {@code [F]}, by Welford's method: with
 * sums of squares, the result would be inaccurate for features such as years, whose standard
 * deviation is much smaller than their mean.
 */
final class FeatureStatistics {
  private FeatureStatistics() {}

  /**
   * Computes the statistics; the standard deviation of a constant feature is 1.
   *
   * @param shape the shape of the samples, {@code [F]}
   */
  static Normalization of(Dataset data, Shape shape) {
    int features = DatasetRules.each(data.name(), shape);
    int size = DatasetRules.size(data);
    String what = "data set " + data.name();
    float[] sample = Heap.floats(what, features);
    double[] mean = Heap.doubles(what, features);
    double[] squares = Heap.doubles(what, features);
    FloatBuffer to = FloatBuffer.wrap(sample);
    for (int i = 0; i < size; i++) {
      data.copyFloats(i, to.clear());
      DatasetRules.requireFull(data.name(), i, to);
      for (int k = 0; k < features; k++) {
        double delta = sample[k] - mean[k];
        mean[k] += delta / (i + 1);
        squares[k] += delta * (sample[k] - mean[k]);
      }
    }
    float[] means = Heap.floats(what, features);
    float[] deviations = Heap.floats(what, features);
    for (int k = 0; k < features; k++) {
      means[k] = (float) mean[k];
      float deviation = (float) Math.sqrt(squares[k] / Math.max(1, size));
      deviations[k] = deviation < Float.MIN_NORMAL ? 1 : deviation;
    }
    return new Normalization(means, deviations);
  }
}
