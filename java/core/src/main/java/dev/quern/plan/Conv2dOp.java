package dev.quern.plan;

import dev.quern.Shape;
import dev.quern.bindings.Conv2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Descriptors;
import dev.quern.internal.Status;
import dev.quern.layer.Conv2d;
import org.bytedeco.javacpp.Pointer;

/** A convolution; its weights' gradients go straight into the gradient block. */
final class Conv2dOp extends UnaryOp {
  private final Conv2dDescriptor descriptor;
  private final Weights.Layer weights;
  private Slot forwardSpace;
  private Slot backwardSpace;
  private Pointer forwardWorkspace;
  private Pointer backwardWorkspace;

  Conv2dOp(Conv2dDescriptor descriptor, Value in, Value out, Weights.Layer weights) {
    super(in, out);
    this.descriptor = descriptor;
    this.weights = weights;
  }

  static Value lower(Builder b, Conv2d conv, Value in, Shape out) {
    Value to = b.trainable(in, out);
    b.touchDiffs(in, to);
    b.keepForBackward(in);
    Conv2dOp op =
        new Conv2dOp(
            Descriptors.conv2d(b.descriptor(), conv, b.batch, in.shape, b.precision()),
            in,
            to,
            b.weightsOfNode());
    long bytes = op.workspaceBytes();
    b.ops.add(op.workspaces(b.forwardSlot(bytes), b.backwardSlot(bytes)));
    return to;
  }

  long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_conv2d_workspace(descriptor, bytes));
    return bytes[0];
  }

  Conv2dOp workspaces(Slot forward, Slot backwardOrNull) {
    forwardSpace = forward;
    backwardSpace = backwardOrNull;
    return this;
  }

  @Override
  public void bind(Block slab) {
    super.bind(slab);
    forwardWorkspace = slab.pointer(forwardSpace.offset);
    if (out.diff != null) {
      backwardWorkspace = slab.pointer(backwardSpace.offset);
    }
  }

  @Override
  public void batch(int n) {
    descriptor.batch(n);
  }

  @Override
  public void forward() {
    Status.check(
        Quern.quern_conv2d_forward(
            descriptor,
            src,
            weights.packed,
            weights.bias,
            dst,
            forwardWorkspace,
            forwardSpace.bytes));
  }

  @Override
  public void backward() {
    Status.check(
        Quern.quern_conv2d_backward_weights(
            descriptor,
            src,
            diffDst,
            weights.weightGrad,
            weights.biasGrad,
            backwardWorkspace,
            backwardSpace.bytes));
    if (diffSrc != null) {
      Status.check(
          Quern.quern_conv2d_backward_data(
              descriptor,
              diffDst,
              weights.packed,
              diffSrc,
              backwardWorkspace,
              backwardSpace.bytes));
    }
  }
}
