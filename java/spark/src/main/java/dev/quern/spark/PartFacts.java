package dev.quern.spark;

import dev.quern.data.Normalization;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facts that the driver needs about one partition, or about all partitions.
 *
 * @param sizes the number of samples in each partition
 * @param values the number of values per channel over all samples
 * @param sums the sum of values for each channel, then the sum of squared values for each channel
 * @param problem the error of the first partition with an invalid row; null if there is none
 */
record PartFacts(List<Integer> sizes, long values, long[] sums, @Nullable String problem)
    implements Serializable {
  static PartFacts of(Part part) {
    return new PartFacts(List.of(part.size()), part.plane(), part.sums(), part.problem());
  }

  static PartFacts of(List<PartFacts> all) {
    long[] sums = new long[all.get(0).sums.length];
    long values = 0;
    String problem = null;
    for (PartFacts one : all) {
      values += one.values;
      problem = problem == null ? one.problem : problem;
      for (int i = 0; i < sums.length; i++) {
        sums[i] += one.sums[i];
      }
    }
    List<Integer> sizes = all.stream().map(f -> f.sizes.get(0)).toList();
    return new PartFacts(sizes, values, sums, problem);
  }

  /**
   * Returns the mean and standard deviation of each channel, for pixels scaled to [0, 1]. The
   * deviation of a constant channel is set to 1.
   */
  Normalization normalization() {
    int channels = sums.length / 2;
    float[] mean = new float[channels];
    float[] std = new float[channels];
    for (int c = 0; c < channels; c++) {
      double m = values == 0 ? 0 : (double) sums[c] / values;
      double square = values == 0 ? 0 : (double) sums[channels + c] / values;
      double deviation = Math.sqrt(Math.max(0, square - m * m));
      mean[c] = (float) (m / 255);
      std[c] = deviation == 0 ? 1 : (float) (deviation / 255);
    }
    return new Normalization(mean, std);
  }
}
