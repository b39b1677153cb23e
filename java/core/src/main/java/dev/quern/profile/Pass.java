package dev.quern.profile;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;

/**
 * Time and work of a forward or backward pass of a layer over a batch. Immutable and thread-safe.
 *
 * @param seconds time; 0 if the layer only reshapes its input or does not have this pass
 * @param operations number of operations in the definition of a convolution or matrix product, two
 *     per multiply-add; an implementation may need fewer. 0 for other operators
 * @param bytes minimum memory traffic: the size of all tensors and parameters that the pass reads
 *     or writes, each counted once
 */
public record Pass(double seconds, double operations, double bytes) {
  static final String OPERATION = "layer times";

  /** A pass that a layer does not have: time and work are 0. */
  public static final Pass NONE = new Pass(0, 0, 0);

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if a number is negative, infinite or NaN
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

  /** Returns a pass with the total time and work of this pass and another one. */
  public Pass plus(Pass other) {
    Require.present(OPERATION, "pass", other);
    return new Pass(seconds + other.seconds, operations + other.operations, bytes + other.bytes);
  }
}
