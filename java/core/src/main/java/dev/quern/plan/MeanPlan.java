package dev.quern.plan;

import dev.quern.kernel.MeanAxes;
import dev.quern.kernel.Rearrangement;
import dev.quern.layer.Mean;
import dev.quern.tensor.Shape;
import java.util.List;

/** A mean over axes: a pooling, behind a copy where these axes are not the memory's outer ones. */
final class MeanPlan implements LayerPlan<Mean> {
  @Override
  public Value lower(Builder b, Chain chain, Mean layer, List<Value> in, Shape out) {
    Value from = in.get(0).type.isStrided() ? in.get(0) : b.theirs(in.get(0));
    MeanAxes mean = MeanAxes.of(from.shape(), layer.axes(), layer.keepDims());
    Rearrangement order = mean.order();
    TensorType outer = TensorType.of(order.out(), 1);
    boolean there = order.isThere(from.type.strides(), outer.strides());
    Value ordered = there ? from : StridedCopyOp.add(b, order, from, outer);
    Value image =
        new Value(
            TensorType.of(mean.image(), mean.image().dim(2)),
            ordered.data,
            ordered.diff,
            ordered.pinned);
    Value pixel = b.value(image, TensorType.of(Shape.of(image.channels(), 1, 1), 1), false);
    b.touchDiffs(image, pixel);
    b.ops.add(new Resize2dOp(mean.kernel(b.descriptor(), b.batch), image, pixel));
    return b.ours(pixel.reshaped(out));
  }

  @Override
  public boolean callersOrder() {
    return true;
  }
}
