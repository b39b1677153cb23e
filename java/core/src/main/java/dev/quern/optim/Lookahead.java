package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;

/**
 * Slow weights beside the optimizer's fast ones: every {@code k} updates {@code slow += alpha (fast
 * - slow)}, and the fast ones go on from there. Zhang et al., "Lookahead Optimizer: k steps
 * forward, 1 step back", 2019.
 *
 * @param k updates between two moves of the slow weights, at least 1
 * @param alpha in (0, 1]
 */
public record Lookahead(int k, float alpha) {
  public Lookahead {
    if (k < 1) {
      throw new InvalidArgumentException("lookahead: k " + k + " must be at least 1");
    }
    if (!(alpha > 0 && alpha <= 1)) {
      throw new InvalidArgumentException("lookahead: alpha " + alpha + " is outside (0, 1]");
    }
  }

  /** The paper's defaults: k 5, alpha 0.5. */
  public Lookahead() {
    this(5, 0.5f);
  }
}
