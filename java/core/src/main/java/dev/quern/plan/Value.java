package dev.quern.plan;

import dev.quern.tensor.Shape;

/**
 * What one layer hands to the next: what it is, and where it lies. A flattened image keeps the
 * memory of the image, so that its type's {@code pixels} tells a linear layer to permute its
 * weights instead.
 */
final class Value {
  final TensorType type;
  final Slot data;

  /** The gradient, of the same type; null in inference, and where nothing trained lies before. */
  final Slot diff;

  /**
   * Whether the layer that made it needs it in its backward pass, so that it must not be
   * overwritten.
   */
  final boolean pinned;

  Value(TensorType type, Slot data, Slot diff, boolean pinned) {
    this.type = type;
    this.data = data;
    this.diff = diff;
    this.pinned = pinned;
  }

  /** One sample's. */
  Shape shape() {
    return type.shape();
  }

  long pixels() {
    return type.pixels();
  }

  long channels() {
    return type.channels();
  }

  boolean permuted() {
    return type.permuted();
  }

  /** The same, not to be overwritten. */
  Value pin() {
    return new Value(type, data, diff, true);
  }

  /** The same memory, whose order is this one too. */
  Value renamed(long order) {
    return new Value(type.ordered(order), data, diff, pinned);
  }

  Value reshaped(Shape to) {
    return new Value(type.reshaped(to), data, diff, pinned);
  }
}
