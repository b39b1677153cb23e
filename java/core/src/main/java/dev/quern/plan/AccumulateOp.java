package dev.quern.plan;

import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;

/** In the backward pass, adds one reader's gradient of a value to what its later readers left. */
final class AccumulateOp implements Op {
  private final long sample;
  private final Slot from;
  private final Slot to;
  private long batch;
  private FloatPointer part;
  private FloatPointer sum;

  AccumulateOp(int batch, long sample, Slot from, Slot to) {
    this.batch = batch;
    this.sample = sample;
    this.from = from;
    this.to = to;
  }

  @Override
  public void bind(Block slab) {
    part = slab.floats(from.offset);
    sum = slab.floats(to.offset);
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {}

  @Override
  public void backward() {
    Status.check(Quern.quern_add(Quern.QUERN_F32, batch * sample, part, sum, sum));
  }
}
