package dev.quern.plan;

import dev.quern.bindings.LinearDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A fully connected layer. */
final class LinearOp implements Op {
  private final Value in;
  private final Value out;
  private final LinearDescriptor descriptor;
  private final Weights.Layer weights;
  private Slot space;
  private FloatPointer src;
  private FloatPointer dst;
  private FloatPointer diffSrc;
  private FloatPointer diffDst;
  private Pointer workspace;

  LinearOp(LinearDescriptor descriptor, Value in, Value out, Weights.Layer weights) {
    this.in = in;
    this.out = out;
    this.descriptor = descriptor;
    this.weights = weights;
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
    src = slab.floats(in.data.offset);
    dst = slab.floats(out.data.offset);
    if (out.diff != null) {
      diffDst = slab.floats(out.diff.offset);
      diffSrc = in.diff == null ? null : slab.floats(in.diff.offset);
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
