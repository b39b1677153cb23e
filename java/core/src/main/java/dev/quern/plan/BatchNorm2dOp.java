package dev.quern.plan;

import dev.quern.Shape;
import dev.quern.bindings.BatchNorm2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Descriptors;
import dev.quern.internal.Status;
import dev.quern.layer.BatchNorm2d;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Batch normalisation: a training plan moves the running statistics, an inference plan uses them.
 */
final class BatchNorm2dOp extends UnaryOp {
  private final BatchNorm2dDescriptor descriptor;
  private final Weights.Layer weights;
  private Slot savedSlot;
  private Slot forwardSpace;
  private Slot backwardSpace;
  private FloatPointer saved;
  private Pointer forwardWorkspace;
  private Pointer backwardWorkspace;

  BatchNorm2dOp(BatchNorm2dDescriptor descriptor, Value in, Value out, Weights.Layer weights) {
    super(in, out);
    this.descriptor = descriptor;
    this.weights = weights;
  }

  static Value lower(Builder b, BatchNorm2d norm, Value in, Shape out) {
    Value to = b.trainable(in, out);
    b.touchDiffs(in, to);
    b.keepForBackward(in);
    BatchNorm2dOp op =
        new BatchNorm2dOp(
            Descriptors.batchNorm2d(b.descriptor(), norm, b.batch, in.shape, b.training),
            in,
            to,
            b.weightsOfNode());
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
    Status.check(
        Quern.quern_batch_norm2d_forward(
            descriptor,
            src,
            weights.weight,
            weights.bias,
            weights.runningMean,
            weights.runningVar,
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
            diffDst,
            weights.weight,
            saved,
            diffSrc,
            weights.weightGrad,
            weights.biasGrad,
            backwardWorkspace,
            backwardSpace.bytes));
  }
}
