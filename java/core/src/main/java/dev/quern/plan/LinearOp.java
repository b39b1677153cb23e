package dev.quern.plan;

import dev.quern.bindings.LinearDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import dev.quern.kernel.Descriptors;
import dev.quern.layer.Linear;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** A fully connected layer. */
final class LinearOp extends UnaryOp {
  static final LayerPlan<Linear> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Step step, Linear linear, List<Value> in, Shape out) {
          return LinearOp.lower(b, linear, in.get(0), out);
        }

        @Override
        public boolean callersOrder() {
          return true;
        }

        @Override
        public void pack(Packing p, Linear linear) {
          LinearDescriptor d =
              Descriptors.linear(
                  p.descriptor(), 1, p.in.elements(), linear.outFeatures(), p.pixels, p.training);
          long[] floats = new long[1];
          Status.check(Quern.quern_linear_packed_size(d, floats));
          if (floats[0] > 0) {
            Weights.Layer w = p.weights;
            w.packed = p.packed(floats[0]);
            p.packer(() -> Status.check(Quern.quern_linear_pack(d, w.weight, w.packed)));
          }
        }
      };

  private final LinearDescriptor descriptor;
  private final Weights.Layer weights;
  private Slot space;
  private Pointer workspace;

  LinearOp(LinearDescriptor descriptor, Value in, Value out, Weights.Layer weights) {
    super(in, out);
    this.descriptor = descriptor;
    this.weights = weights;
  }

  private static Value lower(Builder b, Linear linear, Value in, Shape out) {
    Value to = b.trainable(in, out);
    b.touchDiffs(in, to);
    b.keepForBackward(in);
    LinearOp op =
        new LinearOp(
            Descriptors.linear(
                b.descriptor(),
                b.batch,
                in.shape.elements(),
                linear.outFeatures(),
                in.pixels,
                b.packedForTraining()),
            in,
            to,
            b.weightsOfNode());
    b.ops.add(op.workspace(b.backwardSlot(op.workspaceBytes())));
    return to;
  }

  long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_linear_workspace(descriptor, bytes));
    return bytes[0];
  }

  LinearOp workspace(Slot backwardOrNull) {
    space = backwardOrNull;
    return this;
  }

  @Override
  public void bind(Block slab) {
    super.bind(slab);
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
    Status.check(Quern.quern_linear_forward(descriptor, src, weights.packed, weights.bias, dst));
  }

  @Override
  public void backward() {
    Status.check(
        Quern.quern_linear_backward_weights(
            descriptor,
            src,
            diffDst,
            weights.weightGrad,
            weights.biasGrad,
            workspace,
            space.bytes));
    if (diffSrc != null) {
      Status.check(Quern.quern_linear_backward_data(descriptor, diffDst, weights.packed, diffSrc));
    }
  }
}
