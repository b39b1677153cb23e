package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Philox;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import java.util.Arrays;

/** Views of a data set in which samples are repeated or omitted. */
final class Balanced {
  private Balanced() {}

  static Dataset of(Dataset data, long seed) {
    String what = "data set " + data.name();
    int samples = DatasetRules.size(data);
    if (data.hasTargets()) {
      throw DatasetRules.hasNo(data, "labels");
    }
    int[] labels = Heap.ints(what, samples);
    int[] counts = counts(data, labels);
    int most = 0;
    int present = 0;
    for (int count : counts) {
      most = Math.max(most, count);
      present += count > 0 ? 1 : 0;
    }
    long size = (long) most * present;
    if (size > Heap.MOST) {
      throw new InvalidArgumentException(
          what + ": balancing requires " + size + " samples, more than a Java array can index");
    }
    return perClass(data, labels, counts, most, (int) size, seed);
  }

  /** Reads the labels into an array and returns the number of samples of each class. */
  private static int[] counts(Dataset data, int[] labels) {
    String what = "data set " + data.name();
    int[] counts = new int[Require.all(what, "classes", data.classes()).size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = data.label(i);
      DatasetRules.requireIndex(data.name() + ": label", labels[i], counts.length);
      counts[labels[i]]++;
    }
    return counts;
  }

  /** Returns a weight for each sample, such that the weights of each class have the same sum. */
  static double[] byClass(Dataset data) {
    int samples = DatasetRules.size(data);
    if (data.hasTargets()) {
      throw DatasetRules.hasNo(data, "labels");
    }
    int[] labels = Heap.ints("data set " + data.name(), samples);
    int[] counts = counts(data, labels);
    double[] weights = Heap.doubles("data set " + data.name(), labels.length);
    Arrays.setAll(weights, i -> 1.0 / counts[labels[i]]);
    return weights;
  }

  /**
   * Returns a view with {@code most} samples of each class: the samples of the class, shuffled by
   * the seed and repeated as often as needed.
   */
  private static Dataset perClass(
      Dataset data, int[] labels, int[] counts, int most, int size, long seed) {
    int[][] own = new int[counts.length][];
    for (int c = 0; c < own.length; c++) {
      own[c] = new int[counts[c]];
    }
    int[] at = new int[counts.length];
    for (int i : Philox.permutation(seed, 0, labels.length)) {
      own[labels[i]][at[labels[i]]++] = i;
    }
    int[] all = Heap.ints("data set " + data.name(), size);
    int n = 0;
    for (int[] samples : own) {
      for (int k = 0; samples.length > 0 && k < most; k++) {
        all[n++] = samples[k % samples.length];
      }
    }
    return shuffled(data, all, seed);
  }

  static Dataset weighted(Dataset data, double[] weights, int size, long seed) {
    String what = "data set " + data.name();
    int samples = DatasetRules.size(data);
    double[] own = Require.present(what, "weights", weights).clone();
    if (own.length != samples || size < 1) {
      throw new InvalidArgumentException(
          what
              + ": "
              + own.length
              + " weights for "
              + samples
              + " samples and a view of size "
              + size
              + ", expected one weight per sample and a size of at least 1");
    }
    double sum = 0;
    for (double w : own) {
      if (!(w >= 0)) {
        throw new InvalidArgumentException(what + ": weight " + w + " must be at least 0");
      }
      sum += w;
    }
    if (!(sum > 0) || Double.isInfinite(sum)) {
      throw new InvalidArgumentException(
          what + ": weights must have a positive finite sum, found " + sum);
    }
    int[] all = Heap.ints(what, size);
    // systematic sampling: equally spaced points on the cumulative weights of shuffled samples
    int[] order = Philox.permutation(seed, 0, samples);
    double offset = RandomNumbers.of(seed, 0, 1).uniform();
    double passed = 0;
    int n = 0;
    int last = -1;
    for (int i : order) {
      passed += own[i] / sum * size;
      last = own[i] > 0 ? i : last;
      while (n < size && n + offset < passed) {
        all[n++] = i;
      }
    }
    while (n < size) { // rounding errors may omit the last samples
      all[n++] = last;
    }
    return shuffled(data, all, seed);
  }

  private static Dataset shuffled(Dataset data, int[] indices, long seed) {
    int[] order = Philox.permutation(seed, 1, indices.length);
    int[] all = Heap.ints("data set " + data.name(), indices.length);
    for (int i = 0; i < all.length; i++) {
      all[i] = indices[order[i]];
    }
    return data.subset(all);
  }
}
