package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.Window;
import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.kernel.conv.Conv2dTuning.Pass;
import dev.quern.kernel.conv.DeformConv2dKernel;
import dev.quern.kernel.conv.DeformConv2dKernel.Space;
import dev.quern.kernel.conv.DeformConv2dKernel.Tensors;
import dev.quern.layer.DeformConv2d;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.Op;
import dev.quern.plan.build.Packer;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;

/**
 * A deformable convolution. The inputs are kept for the backward pass; the offsets are not rounded,
 * since a rounded position may lie between other pixels.
 */
final class DeformConv2dOp implements Op {
  static final LayerPlan<DeformConv2d> PLAN =
      new LayerPlan<>() {
        @Override
        public boolean takesHalfWeights() {
          return true;
        }

        @Override
        public Value lower(Builder b, Chain chain, DeformConv2d layer, List<Value> in, Shape out) {
          return DeformConv2dOp.lower(b, layer, in, out);
        }

        @Override
        public void pack(Packer p, DeformConv2d layer) {
          DeformConv2dKernel kernel =
              kernel(p::descriptor, layer, 1, p.in, p.products, p.training).weights(p.dtype());
          // the gradient of the columns is computed even if the image does not have one
          p.weights.implementation =
              kernel.tune(Pass.run(Pass.FORWARD, Pass.BACKWARD_DATA, p.training, true));
          p.implementation(kernel.chosenName());
          p.pack(kernel);
        }
      };

  private static final int MASK = 2;

  private final DeformConv2dKernel kernel;
  private final List<Value> in;
  private final Value out;
  private final LayerWeights weights;
  private final Slot columns;
  private final Slot workspace;
  private final Slot backwardColumns;
  private final Slot backwardWorkspace;
  private Tensors tensors;
  private Tensors diffs;
  private Space space;
  private Space backwardSpace;
  private Pointer dst;
  private Pointer diffDst;

  private DeformConv2dOp(
      Builder b, DeformConv2dKernel kernel, List<Value> in, Value out, LayerWeights weights) {
    this.kernel = kernel;
    this.in = in;
    this.out = out;
    this.weights = weights;
    columns = b.forwardSlot(kernel.columnsBytes());
    workspace = b.forwardWorkspace(kernel.workspaceBytes());
    backwardColumns = b.backwardSlot(kernel.columnsBytes());
    backwardWorkspace = b.backwardSlot(kernel.workspaceBytes());
  }

  private static DeformConv2dKernel kernel(
      Supplier<Pointer> memory,
      DeformConv2d layer,
      long batch,
      Shape in,
      Conv2dPrecision products,
      boolean training) {
    return new DeformConv2dKernel(
        memory,
        batch,
        in,
        layer.imageOutputShape(in),
        new Window(layer.kernel(), layer.stride(), layer.padding(), layer.dilation()),
        layer.groups(),
        layer.offsetGroups(),
        products,
        training);
  }

  private static Value lower(Builder b, DeformConv2d layer, List<Value> in, Shape out) {
    String node = b.nodeName();
    Value to = b.trainable(in.get(0), out);
    for (Value v : in) {
      v.data.at(b.forwardTime());
      b.touchDiffs(v, to);
    }
    if (to.diff != null) {
      b.keepForBackward(in.get(0));
      b.saved.keepExact(in.get(1));
      in.stream().skip(MASK).forEach(b::keepForBackward);
    }
    DeformConv2dKernel kernel =
        kernel(b::descriptor, layer, b.batch, in.get(0).shape(), b.products, b.packedForTraining())
            .weights(b.dtype(node));
    LayerWeights weights = b.weightsOfNode();
    if (weights != null) {
      kernel.implementation(weights.implementation);
    }
    b.ops.add(new DeformConv2dOp(b, kernel, in, to, weights));
    return to;
  }

  @Override
  public void bind(OffHeap slab) {
    tensors = new Tensors(data(slab, 0), data(slab, 1), in.size() > MASK ? data(slab, MASK) : null);
    space = space(slab, columns, workspace);
    dst = slab.pointer(out.data.offset);
    if (out.diff != null) {
      diffDst = slab.pointer(out.diff.offset);
      diffs = new Tensors(diff(slab, 0), diff(slab, 1), diff(slab, MASK));
      backwardSpace = space(slab, backwardColumns, backwardWorkspace);
    }
  }

  private static Space space(OffHeap slab, Slot columns, Slot workspace) {
    return new Space(slab.pointer(columns.offset), slab.pointer(workspace.offset), workspace.bytes);
  }

  private Pointer data(OffHeap slab, int i) {
    return slab.pointer(in.get(i).data.offset);
  }

  private Pointer diff(OffHeap slab, int i) {
    Slot diff = i < in.size() ? in.get(i).diff : null;
    return diff == null ? null : slab.pointer(diff.offset);
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(tensors, weights.packed, weights.bias, dst, space);
  }

  @Override
  public void backward() {
    if (diffDst == null) {
      return;
    }
    if (weights.weightGrad != null) {
      kernel.backwardWeights(tensors, diffDst, weights.weightGrad, weights.biasGrad, backwardSpace);
    }
    if (diffs.image() != null || diffs.offset() != null || diffs.mask() != null) {
      kernel.backwardData(tensors, diffDst, weights.packed, diffs, backwardSpace);
    }
  }
}
