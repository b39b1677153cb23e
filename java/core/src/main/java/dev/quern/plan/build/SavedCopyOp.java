package dev.quern.plan.build;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.CastKernel;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import org.bytedeco.javacpp.Pointer;

/**
 * Conversion between a value and its bf16 copy: rounds the value after the forward pass of an
 * operation that reads it, or restores it before that operation's backward pass, or does nothing.
 */
final class SavedCopyOp implements Op {
  private final Value value;
  private final Slot copySlot;
  private long batch;
  private boolean writes;
  private boolean restores;
  private Pointer data;
  private Pointer copy;

  SavedCopyOp(Value value, Slot copySlot, long batch) {
    this.value = value;
    this.copySlot = copySlot;
    this.batch = batch;
  }

  void write() {
    writes = true;
  }

  void restore() {
    restores = true;
  }

  @Override
  public void bind(OffHeap slab) {
    if (writes || restores) {
      data = slab.pointer(value.data.offset);
      copy = slab.pointer(copySlot.offset);
    }
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  private long elements() {
    return value.type.bytes(batch) / Float.BYTES;
  }

  @Override
  public void forward() {
    if (writes) {
      CastKernel.toBf16(elements(), data, copy);
    }
  }

  @Override
  public void backward() {
    if (restores) {
      CastKernel.fromBf16(elements(), copy, data);
    }
  }
}
