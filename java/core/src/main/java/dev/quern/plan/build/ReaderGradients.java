package dev.quern.plan.build;

import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;

/**
 * Gradient accumulation for values that several nodes read. In the backward pass, the last reader
 * runs first and writes the gradient. Every other reader writes a separate gradient, which is then
 * added to the first one.
 */
final class ReaderGradients {
  private ReaderGradients() {}

  /**
   * Returns a value as a chain reads it: with a separate gradient if other chains also read the
   * value.
   *
   * @param name the name of the value's node
   * @param first whether this is the first of the chain's inputs that refers to the value
   */
  static Value of(Builder builder, Chain chain, String name, Value value, boolean first) {
    if (value.diff == null
        || LayerPlans.of(chain.head()).passes(builder.training)
        || !LayerPlans.of(chain.head()).reads()
        || (first && builder.consumers.isLast(name, chain.name()))) {
      return value;
    }
    return apart(builder, value);
  }

  /**
   * Returns a copy of the value with a separate gradient, which is added to the original gradient
   * in the backward pass.
   */
  static Value apart(Builder builder, Value value) {
    if (value.diff == null) {
      return value;
    }
    Slot apart = builder.slot(value.type).at(builder.backwardTime());
    value.diff.at(builder.backwardTime());
    builder.ops.add(new AccumulateOp(builder.batch, value.shape().elements(), apart, value.diff));
    return new Value(value.type, value.data, apart, true);
  }
}
