package dev.quern.plan;

import dev.quern.bindings.Pool2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.IntPointer;

/** Max-pooling; in training the forward pass notes where each maximum was. */
final class MaxPool2dOp extends UnaryOp {
  private final Slot indexSlot;
  private final Pool2dDescriptor descriptor;
  private IntPointer indices;

  MaxPool2dOp(Pool2dDescriptor descriptor, Value in, Value out, Slot indexSlotOrNull) {
    super(in, out);
    this.indexSlot = indexSlotOrNull;
    this.descriptor = descriptor;
  }

  @Override
  public void bind(Block slab) {
    super.bind(slab);
    if (out.diff != null) {
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
