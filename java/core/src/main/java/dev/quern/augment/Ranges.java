package dev.quern.augment;

import dev.quern.error.InvalidArgumentException;

/** Checks of augmentation parameters. */
final class Ranges {
  private Ranges() {}

  /**
   * Checks that a value is in a range.
   *
   * @throws InvalidArgumentException if the value is outside [least, most] or NaN
   */
  static void require(String op, String what, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new InvalidArgumentException(
          op + ": " + what + " " + value + " is outside [" + least + ", " + most + "]");
    }
  }

  static void probability(String op, double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new InvalidArgumentException(op + ": p " + p + " is outside [0, 1]");
    }
  }

  /** Checks that the parameter of a beta distribution is finite and above 0. */
  static void alpha(String op, double alpha) {
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      throw new InvalidArgumentException(op + ": alpha " + alpha + " must be finite and above 0");
    }
  }

  /**
   * Checks the bounds of a range of positive numbers.
   *
   * @throws InvalidArgumentException if low is greater than high, low is not positive, or high
   *     exceeds {@code most}
   */
  static void positive(String op, String what, double low, double high, double most) {
    if (!(low > 0 && low <= high && high <= most)) {
      throw new InvalidArgumentException(
          op
              + ": "
              + what
              + " from "
              + low
              + " to "
              + high
              + " must be ascending, above 0 and at most "
              + most);
    }
  }
}
