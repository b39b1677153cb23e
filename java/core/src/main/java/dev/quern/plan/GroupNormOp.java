package dev.quern.plan;

import dev.quern.bindings.GroupNormDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import dev.quern.kernel.Descriptors;
import dev.quern.layer.GroupNorm;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;

/** Group normalisation. */
final class GroupNormOp extends UnaryOp {
  static final LayerPlan<GroupNorm> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Step step, GroupNorm norm, List<Value> in, Shape out) {
          return GroupNormOp.lower(b, norm, in.get(0), out);
        }

        @Override
        public boolean callersOrder() {
          return true; // in which the features of a group are neighbours
        }
      };

  private final GroupNormDescriptor descriptor;
  private final Weights.Layer weights;
  private Slot savedSlot;
  private Slot space;
  private DoublePointer saved;
  private Pointer workspace;

  GroupNormOp(GroupNormDescriptor descriptor, Value in, Value out, Weights.Layer weights) {
    super(in, out);
    this.descriptor = descriptor;
    this.weights = weights;
  }

  private static Value lower(Builder b, GroupNorm norm, Value from, Shape out) {
    // neighbouring features make a group, which in an image's memory order are not neighbours
    Value in = out.rank() == 1 && from.permuted() ? b.reordered(from, 1) : from;
    Value to = norm.affine() ? b.trainable(in, out) : b.value(in, out, false);
    b.touchDiffs(in, to);
    b.keepForBackward(in);
    GroupNormOp op =
        new GroupNormOp(
            Descriptors.groupNorm(b.descriptor(), norm, b.batch, in.shape),
            in,
            to,
            norm.affine() ? b.weightsOfNode() : Weights.Layer.NONE);
    op.savedSlot = b.savedSlot(16L * b.batch * norm.numGroups());
    op.space = b.backwardSlot(op.workspaceBytes());
    b.ops.add(op);
    return to;
  }

  private long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_group_norm_workspace(descriptor, bytes));
    return bytes[0];
  }

  @Override
  public void bind(Block slab) {
    super.bind(slab);
    saved = slab.doubles(savedSlot.offset);
    if (out.diff != null) {
      workspace = slab.pointer(space.offset);
    }
  }

  @Override
  public void batch(int n) {
    descriptor.batch(n);
  }

  @Override
  public void forward() {
    Status.check(
        Quern.quern_group_norm_forward(descriptor, src, weights.weight, weights.bias, dst, saved));
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      Status.check(
          Quern.quern_group_norm_backward(
              descriptor,
              src,
              diffDst,
              weights.weight,
              saved,
              diffSrc,
              weights.weightGrad,
              weights.biasGrad,
              workspace,
              space.bytes));
    }
  }
}
