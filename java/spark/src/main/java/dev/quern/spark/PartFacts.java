package dev.quern.spark;

import dev.quern.data.Normalization;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facts about a partition, or about all, that the driver needs.
 *
 * @param sizes number of samples per partition
 * @param values number of values per channel over all samples
 * @param sums sums of each channel, then of its squares
 * @param problem error of the first partition that has one; otherwise null
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
   * Mean and deviation of each channel, of pixels scaled to [0, 1]; of flat ones a deviation of 1.
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
