package dev.quern.plan.build;

import dev.quern.engine.Precision;
import dev.quern.plan.memory.Frozen;

/**
 * How plans use weights, which decides how they are stored and packed.
 *
 * @param gradients whether there are gradients and backward passes
 * @param follow whether they are trained, here or elsewhere: quantized layers then have masters of
 *     floats
 * @param precision of every plan over these weights
 * @param frozen the layers that are not trained
 */
record WeightUse(boolean gradients, boolean follow, Precision precision, Frozen frozen) {
  WeightUse withoutGradients() {
    return new WeightUse(false, follow, precision, frozen);
  }

  /** Whether convolutions make plain sums of products only. */
  boolean strict() {
    return precision == Precision.STRICT;
  }

  /** Whether products of inputs and weights rounded to bfloat16 will do. */
  boolean bf16() {
    return precision == Precision.BF16 && !gradients;
  }
}
