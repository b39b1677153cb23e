package dev.quern.layer.math;

import dev.quern.kernel.ReductionAxes;
import dev.quern.layer.Layer;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * A reduction over axes of a sample: {@code new Sum(1, 2)} maps an image {@code [C, H, W]} to
 * {@code [C]}, or to {@code [C, 1, 1]} with {@code keepDims}. A reduction over all axes yields
 * {@code [1]}. Sums and products are accumulated in double precision. If a reduced value is NaN,
 * the result is NaN.
 */
public sealed interface Reduction extends Layer permits Amax, Amin, Mean, Prod, Sum {
  /**
   * Returns one or more axes to be reduced, not counting the batch; negative axes count from the
   * last.
   */
  List<Integer> axes();

  /** Returns whether the reduced axes remain, with size 1. */
  boolean keepDims();

  @Override
  default Shape outputShape(Shape input) {
    return of(Checks.any(type(), input)).out();
  }

  private ReductionAxes of(Shape sample) {
    return ReductionAxes.of(type(), sample, axes(), keepDims());
  }
}
