package dev.quern.plan.build;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.AddKernel;
import dev.quern.plan.memory.Slot;
import org.bytedeco.javacpp.Pointer;

/**
 * Gradient accumulation for a value that several nodes read: the backward pass adds one reader's
 * gradient to the sum of the gradients of later readers.
 */
final class AccumulateOp implements Op {
  private final long sample;
  private final Slot from;
  private final Slot to;
  private long batch;
  private Pointer part;
  private Pointer sum;

  AccumulateOp(int batch, long sample, Slot from, Slot to) {
    this.batch = batch;
    this.sample = sample;
    this.from = from;
    this.to = to;
  }

  @Override
  public void bind(OffHeap slab) {
    part = slab.pointer(from.offset);
    sum = slab.pointer(to.offset);
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {}

  @Override
  public void backward() {
    AddKernel.forward(batch * sample, part, sum, sum);
  }
}
