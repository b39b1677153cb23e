package dev.quern.profile;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;

/**
 * Time and work of a layer's pass over a batch. Immutable and thread-safe.
 *
 * @param seconds 0 for a layer that only reshapes its input, or without such a pass
 * @param operations operations of convolutions and matrix products by definition, a multiply-add
 *     counting as two; an implementation may need fewer. Other operators count none
 * @param bytes smallest memory traffic: tensors and parameters that it reads or writes, each once
 */
public record Pass(double seconds, double operations, double bytes) {
  static final String OPERATION = "layer times";

  /** Pass of a layer that has none. */
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
          OPERATION + ": " + what + " " + value + " must be finite and at least 0");
    }
  }

  /** Both together. */
  public Pass plus(Pass other) {
    Require.present(OPERATION, "pass", other);
    return new Pass(seconds + other.seconds, operations + other.operations, bytes + other.bytes);
  }
}
