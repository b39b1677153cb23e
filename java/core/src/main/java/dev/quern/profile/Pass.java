package dev.quern.profile;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Require;

/**
 * What a pass of a layer over a batch took, and how much it had to do. Immutable and thread-safe.
 *
 * @param seconds 0 for a layer that only sees its input by another shape, or where no pass runs
 * @param operations of convolutions and matrix products, a multiply-add as two, as their definition
 *     has them: an implementation may get by with fewer. Other operators count none
 * @param bytes the least that it moves: tensors and parameters that it reads or writes, each once
 */
public record Pass(double seconds, double operations, double bytes) {
  static final String OPERATION = "layer times";

  /** Of a layer without such a pass. */
  public static final Pass NONE = new Pass(0, 0, 0);

  /**
   * @throws InvalidArgumentException if a number is below 0, infinite or NaN
   */
  public Pass {
    require("seconds", seconds);
    require("operations", operations);
    require("bytes", bytes);
  }

  static void require(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new InvalidArgumentException(
          OPERATION + ": " + what + " " + value + " is not a number of at least 0");
    }
  }

  /** Both together. */
  public Pass plus(Pass other) {
    Require.present(OPERATION, "pass", other);
    return new Pass(seconds + other.seconds, operations + other.operations, bytes + other.bytes);
  }
}
