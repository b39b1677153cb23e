package dev.quern.layer.math;

import dev.quern.error.ShapeException;
import dev.quern.kernel.Broadcast;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/** Computes the output shape of layers with two inputs, which are broadcast ({@link Broadcast}). */
final class Binary {
  private Binary() {}

  /** Returns the output shape for exactly two inputs. */
  static Shape outputShape(String op, List<Shape> inputs) {
    List<Shape> all = Checks.several(op, inputs);
    if (all.size() != 2) {
      throw new ShapeException(op + ": expects 2 inputs, found " + all.size());
    }
    return Broadcast.shape(op, all);
  }
}
