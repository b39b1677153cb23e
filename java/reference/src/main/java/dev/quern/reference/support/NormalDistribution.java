package dev.quern.reference.support;

/** The standard normal distribution; relative errors are about 1e-15 where values are not small. */
public final class NormalDistribution {
  private static final double ROOT = Math.sqrt(2 * Math.PI);

  private NormalDistribution() {}

  public static double density(double x) {
    return Math.exp(-x * x / 2) / ROOT;
  }

  /** Returns the probability of a number below x: {@code (1 + erf(x / sqrt(2))) / 2}. */
  public static double below(double x) {
    if (Math.abs(x) < 4) {
      return 0.5 + density(x) * series(x);
    }
    return x < 0 ? tail(-x) : 1 - tail(x); // also for NaN
  }

  /**
   * Returns the series {@code x + x^3 / 3 + x^5 / (3 * 5) + ...}: Abramowitz and Stegun, 26.2.11.
   */
  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int odd = 3; odd < 150; odd += 2) {
      term *= x * x / odd;
      sum += term;
    }
    return sum;
  }

  /**
   * Returns the probability of a number above x, for x of at least 4: {@code density(x) / (x + 1 /
   * (x + 2 / (x + 3 / ... )))}, Abramowitz and Stegun, 26.2.14.
   */
  private static double tail(double x) {
    double fraction = x;
    for (int k = 60; k >= 1; k--) {
      fraction = x + k / fraction;
    }
    return density(x) / fraction;
  }
}
