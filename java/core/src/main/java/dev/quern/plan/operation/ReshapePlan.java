package dev.quern.plan.operation;

import dev.quern.kernel.Rearrangement;
import dev.quern.layer.shape.Reshape;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The plan of reshape. Memory in C, H, W order does not change, so the only work is conversion from
 * and to the internal order. If no conversion is needed, the value is copied, because other nodes
 * may read the input later.
 */
final class ReshapePlan implements LayerPlan<Reshape> {
  @Override
  public Value lower(Builder b, Chain chain, Reshape layer, List<Value> in, Shape out) {
    Value from = in.get(0);
    Value theirs = from.permuted() ? b.reorder.reordered(from, 1) : from.renamed(1);
    Value made = b.reorder.ours(theirs.reshaped(out));
    if (made.data != from.data) {
      return made;
    }
    Shape flat = Shape.of(out.elements());
    Value row = from.renamed(1).reshaped(flat);
    Value copy =
        StridedCopyOp.add(b, Rearrangement.permute(flat, List.of(0)), row, TensorType.of(flat, 1));
    return b.reorder.ours(copy.reshaped(out));
  }

  @Override
  public boolean callersOrder() {
    return true;
  }
}
