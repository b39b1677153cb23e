package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.kernel.optim.OptimizerAccess;

/** Rules that several optimizers share; each message starts with the optimizer's name. */
final class Checks {
  static {
    OptimizerAccess.set(new OptimizerKernels()); // here, since no optimizer is made without checks
  }

  private Checks() {}

  static void notNegative(String op, String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      // a float prints as it was written
      String text = (float) value == value ? Float.toString((float) value) : Double.toString(value);
      throw new InvalidArgumentException(
          op + ": " + what + " " + text + " must be finite and at least 0");
    }
  }

  /** Checks the decay of a running average. */
  static void rate(String op, String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new InvalidArgumentException(op + ": " + what + " " + value + " is outside [0, 1)");
    }
  }
}
