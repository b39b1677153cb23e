package dev.quern.plan.operation;

import dev.quern.eager.internal.GridSampleOptions;
import dev.quern.kernel.GridSampleKernel;
import dev.quern.layer.shape.GridSample;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.PairOp;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Sampling of an image at the points of a grid. The grid is in C, H, W order, in which x and y of a
 * point lie side by side. The inputs are kept for the backward pass; the grid is not rounded, since
 * a rounded point may lie between other pixels.
 */
final class GridSampleOp extends PairOp {
  static final LayerPlan<GridSample> PLAN = LayerPlan.merge(GridSampleOp::lower);

  private final GridSampleKernel kernel;

  private GridSampleOp(GridSampleKernel kernel, Value in, Value other, Value out) {
    super(in, other, out);
    this.kernel = kernel;
  }

  private static Value lower(Builder b, GridSample layer, List<Value> inputs, Shape out) {
    Value image = inputs.get(0);
    Value grid = b.reorder.theirs(inputs.get(1));
    Value to = b.merge(List.of(image, grid), out);
    if (to.diff != null) {
      b.keepForBackward(image);
      b.saved.keepExact(grid);
    }
    GridSampleKernel kernel =
        new GridSampleKernel(
            b.descriptor(), b.batch, image.shape(), out, GridSampleOptions.of(layer));
    b.ops.add(new GridSampleOp(kernel, image, grid, to));
    return to;
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, second, dst);
  }

  @Override
  public void gradients() {
    kernel.backward(src, second, diffDst, diffSrc, diffSecond);
  }
}
