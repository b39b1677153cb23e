package dev.quern.init;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;

/**
 * The fan of a tensor that preserves the variance: fan in, the inputs of one output, for the
 * forward pass, or fan out, the outputs of one input, for the backward pass. As in PyTorch both
 * follow from the shape alone: the second dimension (in) or the first (out) times all dimensions
 * after the second.
 */
public enum FanMode {
  FAN_IN,
  FAN_OUT;

  /**
   * @throws ShapeException if the shape has fewer than 2 dimensions
   */
  public long of(Shape shape) {
    if (Require.present("initialize", "shape", shape).rank() < 2) {
      throw new ShapeException(
          "initialize: " + shape + " needs 2 dimensions or more for fan in and fan out");
    }
    long receptiveField = shape.sample().sample().elements();
    return shape.dim(this == FAN_IN ? 1 : 0) * receptiveField;
  }
}
