package dev.quern.cli.search;

import java.util.ArrayList;
import java.util.List;

/**
 * Successive halving: the schedule that determines how many trials train up to which epoch.
 * Jamieson and Talwalkar, arXiv 1502.07943, in the form of Hyperband's inner loop.
 */
final class Halving {
  private Halving() {}

  /**
   * A round of training.
   *
   * @param trials number of trials that train in the round: the best trials so far
   * @param epochs number of epochs of each trial at the end of the round
   */
  record Round(int trials, int epochs) {}

  /** Returns a single round in which all trials train to the end. */
  static List<Round> none(int trials) {
    return List.of(new Round(trials, Integer.MAX_VALUE));
  }

  /**
   * Returns the rounds of successive halving. From each round to the next, the number of trials is
   * divided by {@code by}, and the number of epochs is multiplied by {@code by}. In the last round,
   * trials train to the end.
   *
   * @return the rounds; a single round if there are too few trials or epochs for two rounds
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
