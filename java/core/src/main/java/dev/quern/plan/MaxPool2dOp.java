package dev.quern.plan;

import dev.quern.bindings.Pool2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import dev.quern.kernel.Descriptors;
import dev.quern.layer.MaxPool2d;
import dev.quern.tensor.Shape;
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

  static Value lower(Builder b, MaxPool2d pool, Value in, Shape out) {
    Value to = b.value(in, out, false);
    b.touchDiffs(in, to);
    Slot indices = to.diff == null ? null : b.slot(out).at(b.forwardTime()).at(b.backwardTime());
    b.ops.add(
        new MaxPool2dOp(
            Descriptors.maxPool2d(b.descriptor(), pool, b.batch, in.shape), in, to, indices));
    return to;
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
