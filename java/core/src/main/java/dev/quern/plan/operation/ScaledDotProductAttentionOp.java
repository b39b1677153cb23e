package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.ScaledDotProductAttentionKernel;
import dev.quern.kernel.ScaledDotProductAttentionKernel.Options;
import dev.quern.kernel.ScaledDotProductAttentionKernel.Tokens;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.Op;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Scaled dot-product attention, with values in C, H, W order. All inputs are kept for the backward
 * pass.
 */
final class ScaledDotProductAttentionOp implements Op {
  static final LayerPlan<ScaledDotProductAttention> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(
            Builder b, Chain chain, ScaledDotProductAttention layer, List<Value> in, Shape out) {
          return ScaledDotProductAttentionOp.lower(b, layer, in, out);
        }

        @Override
        public boolean callersOrder() {
          return true;
        }
      };

  private static final int MASK = 3;

  private final ScaledDotProductAttentionKernel kernel;
  private final List<Value> in;
  private final Value out;
  private final LayerWeights weights;
  private final Slot savedSlot;
  private final Slot space;
  private final Slot backwardSpace;
  private Tokens tokens;
  private Tokens diffs;
  private FloatPointer bias;
  private FloatPointer diffBias;
  private FloatPointer saved;
  private Pointer dst;
  private Pointer diffDst;
  private Pointer workspace;
  private Pointer backwardWorkspace;

  private ScaledDotProductAttentionOp(
      Builder b,
      ScaledDotProductAttentionKernel kernel,
      List<Value> in,
      Value out,
      LayerWeights weights) {
    this.kernel = kernel;
    this.in = in;
    this.out = out;
    this.weights = weights;
    savedSlot = b.savedSlot(kernel.savedBytes() * b.batch);
    space = b.forwardWorkspace(kernel.workspaceBytes());
    backwardSpace = out.diff == null ? null : b.backwardSlot(kernel.workspaceBytes());
  }

  private static Value lower(
      Builder b, ScaledDotProductAttention layer, List<Value> inputs, Shape out) {
    List<Value> in = inputs.stream().map(b.reorder::theirs).toList();
    TensorType type = TensorType.of(out, 1);
    Value to;
    if (layer.biasHeads() > 0) {
      to = b.trainable(in.get(0), type);
      for (Value v : in) {
        v.data.at(b.forwardTime());
        b.touchDiffs(v, to);
      }
    } else {
      to = b.merge(in, type);
    }
    if (to.diff != null) {
      in.forEach(b::keepForBackward);
    }
    b.ops.add(
        new ScaledDotProductAttentionOp(
            b,
            new ScaledDotProductAttentionKernel(
                b.descriptor(),
                b.batch,
                new Options(
                    layer.heads(),
                    layer.scale(),
                    layer.causal(),
                    layer.biasHeads(),
                    layer.windows()),
                in.stream().map(Value::shape).toList()),
            in,
            to,
            layer.biasHeads() > 0 ? b.weightsOfNode() : LayerWeights.NONE));
    return b.reorder.ours(to);
  }

  @Override
  public void bind(OffHeap slab) {
    tokens = new Tokens(data(slab, 0), data(slab, 1), data(slab, 2));
    dst = slab.pointer(out.data.offset);
    saved = slab.floats(savedSlot.offset);
    workspace = slab.pointer(space.offset);
    boolean masked = in.size() > MASK;
    bias = masked ? slab.floats(in.get(MASK).data.offset) : weights.bias;
    if (out.diff != null) {
      diffDst = slab.pointer(out.diff.offset);
      backwardWorkspace = slab.pointer(backwardSpace.offset);
      diffs = new Tokens(diff(slab, 0), diff(slab, 1), diff(slab, 2));
      diffBias = masked ? diff(slab, MASK) : weights.biasGrad;
    }
  }

  private Pointer data(OffHeap slab, int i) {
    return slab.pointer(in.get(i).data.offset);
  }

  private FloatPointer diff(OffHeap slab, int i) {
    Slot diff = in.get(i).diff;
    return diff == null ? null : slab.floats(diff.offset);
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(tokens, bias, dst, saved, workspace, space.bytes);
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      kernel.backward(
          tokens, bias, saved, diffDst, diffs, diffBias, backwardWorkspace, backwardSpace.bytes);
    }
  }
}
