package dev.quern.optim;

/**
 * How the learning rate moves over one call of {@link dev.quern.Trainer#fit}: what the optimizer's
 * own rate is multiplied by at each step. A pure function, so that a run can be resumed anywhere.
 */
@FunctionalInterface
public interface Schedule {
  /**
   * The factor of a step.
   *
   * @param step counted from 0
   * @param steps in the whole call
   */
  double factor(long step, long steps);

  /** Always 1. */
  static Schedule constant() {
    return (step, steps) -> 1;
  }

  /**
   * From 1 down to 0 along half a cosine. Loshchilov and Hutter, "SGDR", 2017, without restarts.
   */
  static Schedule cosine() {
    return (step, steps) -> (1 + StrictMath.cos(Math.PI * step / steps)) / 2;
  }
}
