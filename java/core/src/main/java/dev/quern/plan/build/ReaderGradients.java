package dev.quern.plan.build;

import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;

/**
 * Gradients of values that several nodes read. The last reader's backward pass runs first and
 * writes the gradient; the others write one of their own, which is then added.
 */
final class ReaderGradients {
  private ReaderGradients() {}

  /**
   * A value as a chain reads it.
   *
   * @param name node with the value
   * @param first whether the chain reads the value for the first time; it may be several of its
   *     inputs
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

  /** The same value with a separate gradient, which is added to the value's. */
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
