package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.LocalResponseNormKernel;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/** Local response normalization. The input is kept for the backward pass. */
final class LocalResponseNormOp extends UnaryOp {
  private final LocalResponseNormKernel kernel;
  private final Slot space;
  private Pointer workspace;

  private LocalResponseNormOp(
      LocalResponseNormKernel kernel, Value in, Value out, Slot spaceOrNull) {
    super(in, out);
    this.kernel = kernel;
    this.space = spaceOrNull;
  }

  static Value lower(Builder b, LocalResponseNorm layer, Value in, Shape out) {
    Value to = b.value(in, out, false);
    b.touchDiffs(in, to);
    LocalResponseNormKernel kernel =
        new LocalResponseNormKernel(
            b.descriptor(),
            b.batch * in.pixels(),
            in.channels(),
            layer.size(),
            layer.alpha(),
            layer.beta(),
            layer.k());
    Slot space = null;
    if (to.diff != null) {
      b.keepForBackward(in);
      space = b.backwardSlot(kernel.workspaceBytes());
    }
    b.ops.add(new LocalResponseNormOp(kernel, in, to, space));
    return to;
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    if (space != null) {
      workspace = slab.pointer(space.offset);
    }
  }

  @Override
  public void batch(int n) {
    kernel.rows(n * in.pixels());
  }

  @Override
  public void forward() {
    kernel.forward(src, dst);
  }

  @Override
  public void gradients() {
    kernel.backward(src, diffDst, diffSrc, workspace, space.bytes);
  }
}
