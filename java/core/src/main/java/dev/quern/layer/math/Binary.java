package dev.quern.layer.math;

import dev.quern.error.ShapeException;
import dev.quern.kernel.Broadcast;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/** The output's shape of layers of two inputs that broadcast, see {@link Broadcast}. */
final class Binary {
  private Binary() {}

  /** Of two inputs, no more. */
  static Shape outputShape(String op, List<Shape> inputs) {
    List<Shape> all = Checks.several(op, inputs);
    if (all.size() != 2) {
      throw new ShapeException(op + ": takes 2 inputs, not " + all.size());
    }
    return Broadcast.shape(op, all);
  }
}
