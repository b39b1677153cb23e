package dev.quern.plan.memory;

import dev.quern.tensor.Shape;

/**
 * The output of a layer in a plan: its type and memory. A flattened image remains in channels-last
 * order; a linear layer that reads a flattened image packs its weights in this order.
 */
public final class Value {
  public final TensorType type;
  public final Slot data;

  /**
   * The gradient, of the same type; null in inference, and if no layer up to this value is trained.
   */
  public final Slot diff;

  /**
   * Whether the value must not be overwritten, because it is still read, for example in the
   * backward pass.
   */
  public final boolean pinned;

  public Value(TensorType type, Slot data, Slot diff, boolean pinned) {
    this.type = type;
    this.data = data;
    this.diff = diff;
    this.pinned = pinned;
  }

  /** Returns the shape of one sample. */
  public Shape shape() {
    return type.shape();
  }

  public long pixels() {
    return type.pixels();
  }

  public long channels() {
    return type.channels();
  }

  public boolean permuted() {
    return type.permuted();
  }

  /** Returns this value with {@link #pinned} set, so that it is not overwritten. */
  public Value pin() {
    return new Value(type, data, diff, true);
  }

  /**
   * Returns this value with another order in its type. The memory is unchanged, so both orders must
   * be identical for this shape.
   */
  public Value renamed(long order) {
    return new Value(type.ordered(order), data, diff, pinned);
  }

  public Value reshaped(Shape to) {
    return new Value(type.reshaped(to), data, diff, pinned);
  }
}
