package dev.quern.cli.search;

import java.util.ArrayList;
import java.util.List;

/**
 * Which trials train how far. Successive halving is that of Jamieson and Talwalkar (arXiv
 * 1502.07943), in the form of Hyperband's inner loop.
 */
final class Halving {
  private Halving() {}

  /**
   * One round.
   *
   * @param trials that take part, the best so far
   * @param epochs that each has done at its end
   */
  record Round(int trials, int epochs) {}

  /** All train to the end. */
  static List<Round> none(int trials) {
    return List.of(new Round(trials, Integer.MAX_VALUE));
  }

  /**
   * Each round has one in {@code by} of the trials of the one before it, and they train {@code by}
   * times as far; the last one trains to the end.
   *
   * @return one round where there are too few trials or epochs for two
   */
  static List<Round> by(int by, int trials, int epochs) {
    int rounds = 0;
    for (long n = by; n <= trials && n <= epochs; n *= by) {
      rounds++;
    }
    List<Round> all = new ArrayList<>();
    for (int i = 0; i <= rounds; i++) {
      double left = trials / Math.pow(by, i);
      double far = epochs / Math.pow(by, rounds - i);
      all.add(new Round((int) Math.floor(left + 1e-9), (int) Math.floor(far + 1e-9)));
    }
    return all;
  }
}
