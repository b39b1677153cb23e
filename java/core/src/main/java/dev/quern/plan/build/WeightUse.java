package dev.quern.plan.build;

import dev.quern.engine.Precision;
import dev.quern.plan.memory.Frozen;

/**
 * The intended use of weights, which determines how they are stored and packed.
 *
 * @param gradients whether there are backward passes, which compute gradients
 * @param follow whether the values change through training; quantized layers then have float master
 *     weights
 * @param precision the precision of all plans that use these weights
 * @param frozen the parameters that are not trained
 */
record WeightUse(boolean gradients, boolean follow, Precision precision, Frozen frozen) {
  WeightUse withoutGradients() {
    return new WeightUse(false, follow, precision, frozen);
  }

  /**
   * Returns whether convolutions may only use single-precision sums of products: {@link
   * Precision#STRICT}.
   */
  boolean strict() {
    return precision == Precision.STRICT;
  }

  /** Returns whether convolutions round the factors of products to bfloat16. */
  boolean bf16() {
    return precision == Precision.BF16;
  }
}
