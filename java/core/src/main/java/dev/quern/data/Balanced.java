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

  /** Returns a weight for each sample such that the total weight of all classes is equal. */
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
   * Returns a view in which each class's samples, shuffled by the seed, are repeated until there
   * are enough.
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
              + " samples are not valid for a view of size "
              + size);
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
    // marks at equal distances along the sum, in an order of samples by the seed
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
    while (n < size) { // what rounding left
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
