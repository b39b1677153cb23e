package dev.quern.plan.memory;

import dev.quern.tensor.Shape;

/**
 * The output of a layer: its type and memory. A flattened image keeps the memory of the image, so
 * its type's {@code pixels} makes a linear layer permute its weights instead.
 */
public final class Value {
  public final TensorType type;
  public final Slot data;

  /**
   * The gradient, with the same type; null in inference, and if no trained layer precedes the
   * value.
   */
  public final Slot diff;

  /**
   * Whether the layer that computed the value reads it in its backward pass, so that it must not be
   * overwritten.
   */
  public final boolean pinned;

  public Value(TensorType type, Slot data, Slot diff, boolean pinned) {
    this.type = type;
    this.data = data;
    this.diff = diff;
    this.pinned = pinned;
  }

  /** Returns the sample shape. */
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

  /** Returns the value marked as one that must not be overwritten. */
  public Value pin() {
    return new Value(type, data, diff, true);
  }

  /** Returns the value with another memory order that is equivalent for its shape. */
  public Value renamed(long order) {
    return new Value(type.ordered(order), data, diff, pinned);
  }

  public Value reshaped(Shape to) {
    return new Value(type.reshaped(to), data, diff, pinned);
  }
}
