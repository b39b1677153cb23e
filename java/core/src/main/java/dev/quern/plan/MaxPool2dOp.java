package dev.quern.plan;

import dev.quern.bindings.Pool2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/** Max-pooling; in training the forward pass notes where each maximum was. */
final class MaxPool2dOp implements Op {
  private final Value in;
  private final Value out;
  private final Slot indexSlot;
  private final Pool2dDescriptor descriptor;
  private FloatPointer src;
  private FloatPointer dst;
  private FloatPointer diffSrc;
  private FloatPointer diffDst;
  private IntPointer indices;

  MaxPool2dOp(Pool2dDescriptor descriptor, Value in, Value out, Slot indexSlotOrNull) {
    this.in = in;
    this.out = out;
    this.indexSlot = indexSlotOrNull;
    this.descriptor = descriptor;
  }

  @Override
  public void bind(Block slab) {
    src = slab.floats(in.data.offset);
    dst = slab.floats(out.data.offset);
    if (out.diff != null) {
      diffDst = slab.floats(out.diff.offset);
      diffSrc = slab.floats(in.diff.offset);
      indices = slab.ints(indexSlot.offset);
    }
  }

  @Override
  public void batch(int n) {
    descriptor.batch(n);
  }

  @Override
  public void forward() {
    Status.check(Quern.quern_max_pool2d_forward(descriptor, src, dst, indices));
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      Status.check(Quern.quern_max_pool2d_backward(descriptor, diffDst, indices, diffSrc));
    }
  }
}
