package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;

/**
 * Lookahead, which maintains slow weights in addition to the optimizer's fast weights: every {@code
 * k} updates, {@code slow += a (fast - slow)}, and the fast weights are set to the slow ones. Zhang
 * et al., "Lookahead Optimizer: k steps forward, 1 step back", 2019.
 *
 * <p>After update t of T in a call of fit, {@code a = alpha + (last - alpha) (t / T)^power}. Steps
 * outside fit use {@code alpha}. Speed records on CIFAR-10 decrease a from 1 to 0.226: {@code new
 * Lookahead(5, 1, 0.226f, 3)}.
 *
 * @param k number of updates between two updates of the slow weights, at least 1
 * @param alpha the factor {@code a} at the start of fit, in (0, 1]
 * @param last the factor {@code a} at the end of fit, in (0, 1]
 * @param power exponent of the transition from {@code alpha} to {@code last}, at least 1
 */
public record Lookahead(int k, float alpha, float last, int power) {
  public Lookahead {
    if (k < 1) {
      throw new InvalidArgumentException("lookahead: k " + k + " must be at least 1");
    }
    requireShare("alpha", alpha);
    requireShare("last", last);
    if (power < 1) {
      throw new InvalidArgumentException("lookahead: power " + power + " must be at least 1");
    }
  }

  /** Creates a Lookahead with a constant factor. */
  public Lookahead(int k, float alpha) {
    this(k, alpha, alpha, 1);
  }

  /** Creates a Lookahead with the paper's defaults: k 5, alpha 0.5. */
  public Lookahead() {
    this(5, 0.5f);
  }

  private static void requireShare(String what, float share) {
    if (!(share > 0 && share <= 1)) {
      throw new InvalidArgumentException("lookahead: " + what + " " + share + " is outside (0, 1]");
    }
  }

  /**
   * Returns the factor by which the slow weights approach the fast weights.
   *
   * @param progress the completed fraction of the fit, in [0, 1]
   * @throws InvalidArgumentException if progress is outside [0, 1]
   */
  public double at(double progress) {
    if (!(progress >= 0 && progress <= 1)) {
      throw new InvalidArgumentException("lookahead: progress " + progress + " is outside [0, 1]");
    }
    return alpha + ((double) last - alpha) * Math.pow(progress, power);
  }
}
