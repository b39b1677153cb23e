package dev.quern.layer.math;

import dev.quern.kernel.ReductionAxes;
import dev.quern.layer.Layer;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Many numbers to one, over axes of a sample: {@code new Sum(1, 2)} makes {@code [C]} of an image
 * {@code [C, H, W]}, or {@code [C, 1, 1]} where dimensions are kept. Over all axes it makes {@code
 * [1]}. Sums and products are double inside. A NaN makes its output NaN.
 */
public sealed interface Reduction extends Layer permits Amax, Amin, Mean, Prod, Sum {
  /** The axes that go, without the batch, from 0; negative from the last; at least one. */
  List<Integer> axes();

  /** Whether these axes stay, of size 1. */
  boolean keepDims();

  @Override
  default Shape outputShape(Shape input) {
    return of(Checks.any(type(), input)).out();
  }

  private ReductionAxes of(Shape sample) {
    return ReductionAxes.of(type(), sample, axes(), keepDims());
  }
}
