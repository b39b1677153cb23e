package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.kernel.optim.OptimizerAccess;

/**
 * Argument checks of several optimizers; each exception message starts with the optimizer's name.
 */
final class Checks {
  static {
    OptimizerAccess.set(new OptimizerKernels()); // every optimizer loads this class
  }

  private Checks() {}

  static void notNegative(String op, String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      // a float is shown without the digits that its conversion to double adds
      String text = (float) value == value ? Float.toString((float) value) : Double.toString(value);
      throw new InvalidArgumentException(
          op + ": " + what + " " + text + " must be finite and at least 0");
    }
  }

  /** Checks that the decay of a running average is in [0, 1). */
  static void rate(String op, String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new InvalidArgumentException(op + ": " + what + " " + value + " is outside [0, 1)");
    }
  }
}
