package dev.quern.plan;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.AdaptiveMaxPool2dKernel;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.IntPointer;

/** Adaptive max-pooling; in training the forward pass notes where each maximum was. */
final class AdaptiveMaxPool2dOp extends UnaryOp {
  private final Slot indexSlot;
  private final AdaptiveMaxPool2dKernel kernel;
  private IntPointer indices;

  AdaptiveMaxPool2dOp(AdaptiveMaxPool2dKernel kernel, Value in, Value out, Slot indexSlotOrNull) {
    super(in, out);
    this.indexSlot = indexSlotOrNull;
    this.kernel = kernel;
  }

  static Value lower(Builder b, AdaptiveMaxPool2d pool, Value in, Shape out) {
    Value to = b.value(in, out, false);
    b.touchDiffs(in, to);
    Slot indices =
        to.diff == null ? null : b.savedSlot(Integer.BYTES * out.batch(b.batch).elements());
    AdaptiveMaxPool2dKernel kernel =
        new AdaptiveMaxPool2dKernel(b.descriptor(), b.batch, in.shape(), out);
    b.ops.add(new AdaptiveMaxPool2dOp(kernel, in, to, indices));
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
