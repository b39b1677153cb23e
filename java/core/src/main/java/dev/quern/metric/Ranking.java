package dev.quern.metric;

import dev.quern.internal.arguments.Heap;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Ranking metrics of scores with binary labels; each score and its label are stored in one long.
 */
final class Ranking {
  /** The keys of all scores and labels, in ascending order. */
  private final long[] keys;

  private final long positives;

  private Ranking(long[] keys) {
    this.keys = keys;
    Arrays.sort(keys);
    long sum = 0;
    for (long key : keys) {
      sum += key & 1;
    }
    positives = sum;
  }

  /** A function from an index to a score. */
  interface Scores {
    float get(int i);
  }

  /** Creates a ranking of n scores, which must not be NaN. */
  static Ranking of(String operation, int n, Scores scores, IntPredicate isPositive) {
    long[] keys = Heap.longs(operation, n);
    for (int i = 0; i < n; i++) {
      keys[i] = key(scores.get(i), isPositive.test(i));
    }
    return new Ranking(keys);
  }

  /** Returns a key of score and label that is ordered by score; -0 equals 0. */
  private static long key(float score, boolean isPositive) {
    int bits = Float.floatToIntBits(score + 0f);
    long ordered = bits < 0 ? ~bits ^ Integer.MIN_VALUE : bits;
    return ordered << 1 | (isPositive ? 1 : 0);
  }

  /** Returns the end, exclusive, of the run of equal scores that starts at {@code from}. */
  private int runEnd(int from) {
    int to = from + 1;
    while (to < keys.length && keys[to] >> 1 == keys[from] >> 1) {
      to++;
    }
    return to;
  }

  /** Returns the number of positives in a run of equal scores. */
  private long positives(int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += keys[i] & 1;
    }
    return sum;
  }

  /**
   * Returns the fraction of (positive, negative) pairs in which the positive has the larger score;
   * ties count half; NaN if there are no such pairs.
   */
  double auc() {
    long negatives = keys.length - positives;
    if (positives == 0 || negatives == 0) {
      return Double.NaN;
    }
    long twice = 0; // exact: below 2^62
    long below = 0;
    for (int from = 0, to; from < keys.length; from = to) {
      to = runEnd(from);
      long p = positives(from, to);
      long n = to - from - p;
      twice += p * (2 * below + n);
      below += n;
    }
    return twice / (2.0 * positives * negatives);
  }

  /**
   * Returns the sum over all thresholds, in descending order, of precision times the increase of
   * recall; 0 if there are no positives.
   */
  double averagePrecision() {
    double sum = 0;
    long found = 0;
    for (int to = keys.length, from; to > 0; to = from) {
      from = runBegin(to - 1);
      long p = positives(from, to);
      found += p;
      sum += p * (found / (double) (keys.length - from));
    }
    return ClassCounts.share(sum, positives);
  }

  private int runBegin(int last) {
    int from = last;
    while (from > 0 && keys[from - 1] >> 1 == keys[last] >> 1) {
      from--;
    }
    return from;
  }
}
