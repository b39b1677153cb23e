package dev.quern.plan.operation;

import dev.quern.eager.internal.RecurrentOptions;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.RecurrentKernel;
import dev.quern.kernel.RecurrentKernel.Tensors;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.Packer;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.build.Weights;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A recurrent layer, with values in C, H, W order. The backward pass reads the input for the
 * gradients of weights, and otherwise what the forward pass saves.
 */
final class RecurrentOp extends UnaryOp {
  static final LayerPlan<Recurrent> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Chain chain, Recurrent layer, List<Value> in, Shape out) {
          return RecurrentOp.lower(b, layer, in.get(0), out);
        }

        @Override
        public boolean callersOrder() {
          return true;
        }

        @Override
        public void pack(Packer p, Recurrent layer) {
          RecurrentKernel kernel = kernel(p.descriptor(), layer, 1, p.in, p.training);
          FloatPointer packed = p.floats(kernel.packedSize() / Float.BYTES);
          p.weights.packed = packed;
          for (int i = 0; i < layer.direction().count(); i++) {
            int direction = i;
            Tensors weights = RecurrentOptions.tensors(i, p::parameter);
            p.packer(() -> kernel.pack(direction, weights, packed));
          }
        }
      };

  private final RecurrentKernel kernel;
  private final String node;
  private final int directions;
  private final LayerWeights weights;
  private final Weights all;
  private final boolean trained;
  private final Slot savedSlot;
  private final Slot space;
  private final List<Tensors> diffs = new ArrayList<>();
  private FloatPointer saved;
  private Pointer workspace;

  private RecurrentOp(Builder b, Recurrent layer, Value in, Value out, boolean trained) {
    super(in, out);
    this.trained = trained;
    node = b.nodeName();
    directions = layer.direction().count();
    kernel = kernel(b.descriptor(), layer, b.batch, in.shape(), b.packedForTraining());
    weights = b.weightsOfNode();
    all = b.weights;
    savedSlot = b.savedSlot(kernel.savedBytes());
    space = b.backward() ? b.backwardSlot(kernel.workspaceBytes()) : null;
  }

  private static RecurrentKernel kernel(
      Pointer at, Recurrent layer, long batch, Shape in, boolean backward) {
    return new RecurrentKernel(
        at, batch, in.dim(0), RecurrentOptions.of(layer, in.dim(1), backward));
  }

  private static Value lower(Builder b, Recurrent layer, Value from, Shape out) {
    Value in = b.reorder.theirs(from);
    Value to = b.trainable(in, TensorType.of(out, 1));
    b.touchDiffs(in, to);
    boolean trained = b.backward() && !b.frozen.layer(b.nodeName());
    if (trained) {
      b.keepForBackward(in);
    }
    b.ops.add(new RecurrentOp(b, layer, in, to, trained));
    return b.reorder.ours(to);
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    saved = slab.floats(savedSlot.offset);
    workspace = space == null ? null : slab.pointer(space.offset);
    diffs.clear();
    for (int i = 0; trained && i < directions; i++) {
      diffs.add(RecurrentOptions.tensors(i, name -> all.gradient(node + "." + name)));
    }
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, weights.packed, dst, saved);
  }

  @Override
  public void gradients() {
    kernel.backward(weights.packed, saved, diffDst, diffSrc, workspace, space.bytes);
    for (int i = 0; i < diffs.size(); i++) {
      kernel.backwardWeights(i, src, saved, diffs.get(i), workspace, space.bytes);
    }
  }
}
