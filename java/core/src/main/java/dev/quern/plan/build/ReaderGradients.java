package dev.quern.plan.build;

import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;

/**
 * Gradients of values that several nodes read. The last reader's backward pass runs first and
 * writes the gradient; each other reader writes a separate gradient, which is then added.
 */
final class ReaderGradients {
  private ReaderGradients() {}

  /**
   * Returns a value for a chain that reads it.
   *
   * @param name the node of the value
   * @param first whether this is the first of the chain's inputs with this value
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

  /** Returns the value with a separate gradient, which is added to the value's. */
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
