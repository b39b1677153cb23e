package dev.quern.plan;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.MaxPool2dKernel;
import dev.quern.kernel.Window;
import dev.quern.layer.MaxPool2d;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.IntPointer;

/** Max-pooling; in training the forward pass notes where each maximum was. */
final class MaxPool2dOp extends UnaryOp {
  private final Slot indexSlot;
  private final MaxPool2dKernel kernel;
  private IntPointer indices;

  MaxPool2dOp(MaxPool2dKernel kernel, Value in, Value out, Slot indexSlotOrNull) {
    super(in, out);
    this.indexSlot = indexSlotOrNull;
    this.kernel = kernel;
  }

  static Value lower(Builder b, MaxPool2d pool, Value in, Shape out) {
    Value to = b.value(in, out, false);
    b.touchDiffs(in, to);
    Slot indices =
        to.diff == null ? null : b.savedSlot(Integer.BYTES * out.batch(b.batch).elements());
    Window window = new Window(pool.kernel(), pool.stride(), pool.padding(), pool.dilation());
    MaxPool2dKernel kernel =
        new MaxPool2dKernel(b.descriptor(), b.batch, in.shape(), window, pool.ceilMode());
    b.ops.add(new MaxPool2dOp(kernel, in, to, indices));
    return to;
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    if (out.diff != null) {
      indices = slab.ints(indexSlot.offset);
    }
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, dst, indices);
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      kernel.backward(diffDst, indices, diffSrc);
    }
  }
}
