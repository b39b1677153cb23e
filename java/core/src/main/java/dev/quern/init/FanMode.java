package dev.quern.init;

import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
import dev.quern.tensor.Shape;

/**
 * Which of a tensor's two fans keeps its variance: the inputs that meet in one output, for the
 * forward pass, or the outputs that one input reaches, for the backward pass. As in PyTorch both
 * follow from the shape alone: the second dimension (in) or the first (out) times all behind the
 * second.
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
          "initialize: " + shape + " has no fans, which take 2 dimensions or more");
    }
    long receptiveField = shape.sample().sample().elements();
    return shape.dim(this == FAN_IN ? 1 : 0) * receptiveField;
  }
}
