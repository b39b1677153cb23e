package dev.quern.plan.build;

import dev.quern.internal.OffHeap;
import dev.quern.plan.memory.Slot;
import org.bytedeco.javacpp.Pointer;

/** Backward pass of a value without readers: sets its gradient to zero. */
public final class NoGradientOp implements Op {
  private final Slot diff;
  private Pointer to;

  public NoGradientOp(Slot diff) {
    this.diff = diff;
  }

  @Override
  public void bind(OffHeap slab) {
    to = slab.pointer(diff.offset);
  }

  @Override
  public void batch(int n) {}

  @Override
  public void forward() {}

  @Override
  public void backward() {
    Pointer.memset(to, 0, diff.bytes);
  }
}
