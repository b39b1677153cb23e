package dev.quern.pose;

import dev.quern.detect.KeyPoint;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.Map;

/**
 * The values of a batch in one output of a network, with a map or vector for each key point.
 *
 * @param shape the shape of one sample, {@code [K, ...]}
 */
record PoseOutput(String name, long samples, Shape shape, float[] values) {
  static final String OP = "pose";

  /**
   * Returns the values of an output.
   *
   * @param rank the number of axes of one sample
   * @param expected the shape of one sample, for the message
   * @throws InvalidArgumentException if the output does not exist
   * @throws ShapeException if the output has another number of axes, or an empty one
   */
  static PoseOutput of(Map<String, Tensor> outputs, String name, int rank, String expected) {
    Tensor t = outputs.get(name);
    if (t == null) {
      throw new InvalidArgumentException(
          OP + ": unknown output " + name + ", found " + outputs.keySet());
    }
    if (t.shape().rank() != rank + 1 || t.shape().sample().elements() == 0) {
      throw wrong(name, t.shape(), "[N, " + expected.substring(1));
    }
    return new PoseOutput(name, t.shape().dim(0), t.shape().sample(), t.toArray());
  }

  private static ShapeException wrong(String name, Shape shape, String expected) {
    return new ShapeException(
        OP + ": output " + name + " has shape " + shape + ", expected " + expected);
  }

  /** Returns the exception for a sample of the wrong shape. */
  ShapeException wrong(String expected) {
    return wrong(name, shape, expected);
  }

  /** Returns the size of an axis, which fits since the values are in an array. */
  int dim(int axis) {
    return (int) shape.dim(axis);
  }

  /**
   * Checks the size of a network's input.
   *
   * @throws InvalidArgumentException if a side is less than 1
   */
  static void requireInput(Size input) {
    if (Require.present(OP, "input", input).height() < 1 || input.width() < 1) {
      throw new InvalidArgumentException(OP + ": input " + input + " must be at least 1x1");
    }
  }

  /** Returns whether a range of the values has neither NaN nor infinities. */
  boolean isFinite(int from, int end) {
    for (int i = from; i < end; i++) {
      if (!Float.isFinite(values[i])) {
        return false;
      }
    }
    return true;
  }

  /** Returns the index of the highest value in a range; the first of equal ones. */
  int highest(int from, int end) {
    int best = from;
    for (int i = from + 1; i < end; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Returns the key point for values that are not finite: the middle of the region of the crop. */
  static KeyPoint unknown(Size input, boolean alignCorners) {
    int less = alignCorners ? 1 : 0;
    return new KeyPoint((input.width() - less) / 2.0, (input.height() - less) / 2.0, 0);
  }
}
