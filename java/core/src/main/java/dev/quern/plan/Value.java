package dev.quern.plan;

import dev.quern.tensor.Shape;

/**
 * What one layer hands to the next: where it lies and in which order. Memory is {@code
 * [batch][pixels][channels]}; a flattened image keeps the memory of the image, so that {@code
 * pixels} tells a linear layer to permute its weights instead.
 */
final class Value {
  final Shape shape;
  final long pixels;
  final Slot data;

  /** The gradient; null in inference, and where no trainable layer lies before. */
  final Slot diff;

  /**
   * Whether the layer that made it needs it in its backward pass, so that it must not be
   * overwritten.
   */
  final boolean pinned;

  Value(Shape shape, long pixels, Slot data, Slot diff, boolean pinned) {
    this.shape = shape;
    this.pixels = pixels;
    this.data = data;
    this.diff = diff;
    this.pinned = pinned;
  }

  long channels() {
    return shape.elements() / pixels;
  }

  /** Whether memory order differs from the callers' C, H, W. */
  boolean permuted() {
    return pixels > 1 && channels() > 1;
  }

  /** The same, not to be overwritten. */
  Value pin() {
    return new Value(shape, pixels, data, diff, true);
  }

  Value reshaped(Shape to) {
    return new Value(to, pixels, data, diff, pinned);
  }
}
