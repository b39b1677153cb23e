package dev.quern.plan.build;

import dev.quern.engine.Precision;
import dev.quern.plan.memory.Frozen;

/**
 * The use of weights by plans, which determines how they are stored and packed.
 *
 * @param gradients whether there are gradients and backward passes
 * @param follow whether the weights are trained, here or elsewhere; quantized layers then have
 *     float master weights
 * @param precision the precision of every plan over these weights
 * @param frozen the layers that are not trained
 */
record WeightUse(boolean gradients, boolean follow, Precision precision, Frozen frozen) {
  WeightUse withoutGradients() {
    return new WeightUse(false, follow, precision, frozen);
  }

  /** Returns whether convolutions must be plain sums of products. */
  boolean strict() {
    return precision == Precision.STRICT;
  }

  /** Whether products of inputs and weights rounded to bfloat16 will do. */
  boolean bf16() {
    return precision == Precision.BF16 && !gradients;
  }
}
