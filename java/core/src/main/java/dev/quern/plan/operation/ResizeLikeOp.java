package dev.quern.plan.operation;

import dev.quern.kernel.GatherAxis;
import dev.quern.kernel.ResizeIndices;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.ResizeLike.Mode;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.NoGradientOp;
import dev.quern.plan.build.Orders;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Resizing of an image to the size of another image; the sizes are constant for a plan. Bilinear
 * modes use {@link Resize2dOp}; nearest modes select rows, then columns.
 */
final class ResizeLikeOp {
  static final LayerPlan<ResizeLike> PLAN = LayerPlan.merge(ResizeLikeOp::lower);

  private ResizeLikeOp() {}

  private static Value lower(Builder b, ResizeLike layer, List<Value> in, Shape out) {
    Value other = in.get(1);
    if (other.diff != null) {
      b.ops.add(new NoGradientOp(other.diff.at(b.backwardTime())));
    }
    Value image = in.get(0);
    if (!layer.mode().isNearest()) {
      return Resize2dOp.bilinear(b, layer.mode() == Mode.BILINEAR_ALIGNED, image, out);
    }
    Shape from = image.shape();
    Shape tall = Shape.of(from.dim(0), out.dim(1), from.dim(2));
    boolean exact = layer.mode() == Mode.NEAREST_EXACT;
    GatherAxis rows = GatherAxis.of(from, 1, ResizeIndices.nearest(from.dim(1), out.dim(1), exact));
    GatherAxis columns =
        GatherAxis.of(tall, 2, ResizeIndices.nearest(from.dim(2), out.dim(2), exact));
    TensorType between = TensorType.of(tall, Orders.ofImage(tall));
    Value made = GatherOp.lower(b, rows, b.reorder.strided(image), between);
    return GatherOp.lower(b, columns, made, b.outType(out));
  }
}
