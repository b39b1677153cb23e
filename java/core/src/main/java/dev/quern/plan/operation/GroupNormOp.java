package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.GroupNormKernel;
import dev.quern.layer.GroupNorm;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;

/** Group normalization. */
final class GroupNormOp extends UnaryOp {
  static final LayerPlan<GroupNorm> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Chain chain, GroupNorm norm, List<Value> in, Shape out) {
          return GroupNormOp.lower(b, norm, in.get(0), out);
        }

        @Override
        public boolean callersOrder() {
          return true; // in this order, the features of a group are contiguous
        }
      };

  private final GroupNormKernel kernel;
  private final LayerWeights weights;
  private Slot savedSlot;
  private Slot space;
  private DoublePointer saved;
  private Pointer workspace;

  GroupNormOp(GroupNormKernel kernel, Value in, Value out, LayerWeights weights) {
    super(in, out);
    this.kernel = kernel;
    this.weights = weights;
  }

  private static Value lower(Builder b, GroupNorm norm, Value from, Shape out) {
    // a group's features are contiguous in C, H, W order, but not in channels-last order
    Value in = out.rank() == 1 && from.permuted() ? b.reorder.reordered(from, 1) : from;
    Value to = norm.affine() ? b.trainable(in, out) : b.value(in, out, false);
    b.touchDiffs(in, to);
    b.keepForBackward(in);
    GroupNormOp op =
        new GroupNormOp(
            new GroupNormKernel(b.descriptor(), b.batch, in.shape(), norm.numGroups(), norm.eps()),
            in,
            to,
            norm.affine() ? b.weightsOfNode() : LayerWeights.NONE);
    op.savedSlot = b.savedSlot(2L * Double.BYTES * b.batch * norm.numGroups());
    op.space = b.backwardSlot(op.kernel.workspaceBytes());
    b.ops.add(op);
    return to;
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    saved = slab.doubles(savedSlot.offset);
    if (out.diff != null) {
      workspace = slab.pointer(space.offset);
    }
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, weights.weight, weights.bias, dst, saved);
  }

  @Override
  public void gradients() {
    kernel.backward(
        src,
        diffDst,
        weights.weight,
        saved,
        diffSrc,
        weights.weightGrad,
        weights.biasGrad,
        workspace,
        space.bytes);
  }
}
