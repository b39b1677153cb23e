package dev.quern.plan.build;

import dev.quern.engine.Precision;
import dev.quern.kernel.conv.Conv2dPrecision;
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

  /** Returns the precision of convolutions. */
  Conv2dPrecision products() {
    return Conv2dPrecision.valueOf(precision.name());
  }

  /** Returns whether convolutions compute plain sums of float32 products. */
  boolean strict() {
    return precision == Precision.STRICT;
  }
}
