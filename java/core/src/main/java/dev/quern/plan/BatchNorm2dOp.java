package dev.quern.plan;

import dev.quern.bindings.BatchNorm2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import dev.quern.kernel.Descriptors;
import dev.quern.layer.Add;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Layer;
import dev.quern.layer.Relu;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Batch normalisation, and in the same passes a sum and ReLU where they follow. A training plan
 * moves the running statistics, and takes the batch's from a convolution before it; an inference
 * plan uses them.
 */
final class BatchNorm2dOp extends UnaryOp {
  static final LayerPlan<BatchNorm2d> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Step step, BatchNorm2d norm, List<Value> inputs, Shape out) {
          return BatchNorm2dOp.lower(b, step, norm, inputs, out);
        }

        @Override
        public List<Set<Class<? extends Layer>>> followers(boolean training) {
          return List.of(Set.of(Add.class), Set.of(Relu.class));
        }
      };

  private final BatchNorm2dDescriptor descriptor;
  private final Weights.Layer weights;
  private final Value added;
  private final boolean relu;
  private Slot sumsSlot;
  private DoublePointer sums;
  private FloatPointer add;
  private FloatPointer diffAdd;
  private Slot savedSlot;
  private Slot forwardSpace;
  private Slot backwardSpace;
  private FloatPointer saved;
  private Pointer forwardWorkspace;
  private Pointer backwardWorkspace;

  private BatchNorm2dOp(
      BatchNorm2dDescriptor descriptor,
      Value in,
      Value added,
      boolean relu,
      Value out,
      Weights.Layer weights) {
    super(in, out);
    this.descriptor = descriptor.relu(relu ? 1 : 0);
    this.added = added;
    this.relu = relu;
    this.weights = weights;
  }

  private static Value lower(
      Builder b, Step step, BatchNorm2d norm, List<Value> inputs, Shape out) {
    Value in = inputs.get(0);
    Value added = step.has(Add.class) ? inputs.get(1) : null;
    boolean relu = step.has(Relu.class);
    Value to = b.normalized(in, out, relu && added != null);
    b.touchDiffs(in, to);
    b.keepForBackward(in);
    if (added != null) {
      added.data.at(b.forwardTime());
      b.touchDiffs(added, to);
    }
    BatchNorm2dOp op =
        new BatchNorm2dOp(
            Descriptors.batchNorm2d(b.descriptor(), norm, b.batch, in.shape, b.training),
            in,
            added,
            relu,
            to,
            b.weightsOf(step.headName()));
    Conv2dOp before = b.convolutions.get(step.inputs().get(0));
    if (before != null) {
      op.sumsSlot = before.leaveSums(b);
    }
    Slot saved = b.savedSlot(8 * in.channels());
    long bytes = op.workspaceBytes();
    b.ops.add(op.slots(saved, b.forwardSlot(bytes), b.backwardSlot(bytes)));
    return to;
  }

  long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_batch_norm2d_workspace(descriptor, bytes));
    return bytes[0];
  }

  BatchNorm2dOp slots(Slot statistics, Slot forward, Slot backwardOrNull) {
    savedSlot = statistics;
    forwardSpace = forward;
    backwardSpace = backwardOrNull;
    return this;
  }

  @Override
  public void bind(Block slab) {
    super.bind(slab);
    saved = slab.floats(savedSlot.offset);
    sums = sumsSlot == null ? null : slab.doubles(sumsSlot.offset);
    if (added != null) {
      add = slab.floats(added.data.offset);
      diffAdd = out.diff == null || added.diff == null ? null : slab.floats(added.diff.offset);
    }
    forwardWorkspace = slab.pointer(forwardSpace.offset);
    if (out.diff != null) {
      backwardWorkspace = slab.pointer(backwardSpace.offset);
    }
  }

  @Override
  public void batch(int n) {
    descriptor.rows(n * in.pixels);
  }

  @Override
  public void forward() {
    forward(weights.runningMean, weights.runningVar);
  }

  /** The running statistics moved already. */
  @Override
  public void recompute() {
    forward(null, null);
  }

  private void forward(FloatPointer runningMean, FloatPointer runningVar) {
    Status.check(
        Quern.quern_batch_norm2d_forward(
            descriptor,
            src,
            sums,
            weights.weight,
            weights.bias,
            runningMean,
            runningVar,
            add,
            dst,
            saved,
            forwardWorkspace,
            forwardSpace.bytes));
  }

  @Override
  public void backward() {
    Status.check(
        Quern.quern_batch_norm2d_backward(
            descriptor,
            src,
            relu && added != null ? dst : null,
            diffDst,
            weights.weight,
            weights.bias,
            saved,
            diffSrc,
            diffAdd,
            weights.weightGrad,
            weights.biasGrad,
            backwardWorkspace,
            backwardSpace.bytes));
  }
}
