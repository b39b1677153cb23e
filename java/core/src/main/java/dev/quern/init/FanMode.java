package dev.quern.init;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;

/**
 * Choice of a weight's fan for initialization: fan in, the number of inputs per output, preserves
 * the variance of the forward pass; fan out, the number of outputs per input, preserves the
 * variance of the backward pass. As in PyTorch, the fan is the second dimension (fan in) or the
 * first dimension (fan out) times the product of all dimensions after the second.
 */
public enum FanMode {
  FAN_IN,
  FAN_OUT;

  /**
   * Returns the fan of a weight with this shape.
   *
   * @throws ShapeException if the shape has fewer than 2 dimensions
   */
  public long of(Shape shape) {
    if (Require.present("initialize", "shape", shape).rank() < 2) {
      throw new ShapeException(
          "initialize: shape " + shape + " must have at least 2 dimensions for fan-in and fan-out");
    }
    long receptiveField = shape.sample().sample().elements();
    return shape.dim(this == FAN_IN ? 1 : 0) * receptiveField;
  }
}
