package dev.quern.layer.math;

import dev.quern.error.ShapeException;
import dev.quern.kernel.Rearrangement;
import dev.quern.kernel.ReductionAxes;
import dev.quern.layer.Layer;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The index of the largest or smallest number along an axis, counted from 0, as a float: {@code new
 * Argmax(0)} maps an image {@code [C, H, W]} to {@code [H, W]}, or to {@code [1, H, W]} with {@code
 * keepDim}. As in PyTorch, NaN counts as the extreme value. The gradient is 0.
 */
public sealed interface Extremum extends Layer permits Argmax, Argmin {
  /**
   * Returns the axis, not counting the batch; negative axes count from the last. The size of the
   * axis is at most 2^24.
   */
  int axis();

  /** Returns whether the axis remains, with size 1. */
  boolean keepDim();

  /** Returns whether the last of several equal extremes is selected rather than the first. */
  boolean selectLast();

  @Override
  default Shape outputShape(Shape input) {
    int of = Rearrangement.axis(type(), Checks.any(type(), input), axis());
    if (!input.isFree(of) && input.dim(of) > 1 << 24) {
      throw new ShapeException(
          type()
              + ": axis "
              + axis()
              + " of input "
              + input
              + " must have a size of at most 2^24, the largest index in float");
    }
    return of(input).out();
  }

  private ReductionAxes of(Shape sample) {
    return ReductionAxes.of(type(), sample, List.of(axis()), keepDim());
  }
}
