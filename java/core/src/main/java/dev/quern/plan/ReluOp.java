package dev.quern.plan;

import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;

/** ReLU, usually in place: its derivative's sign is that of its output. */
final class ReluOp implements Op {
  private final Value in;
  private final Value out;
  private long batch;
  private FloatPointer src;
  private FloatPointer dst;
  private FloatPointer diffSrc;
  private FloatPointer diffDst;

  ReluOp(int batch, Value in, Value out) {
    this.in = in;
    this.out = out;
    this.batch = batch;
  }

  @Override
  public void bind(Block slab) {
    src = slab.floats(in.data.offset);
    dst = slab.floats(out.data.offset);
    if (out.diff != null) {
      diffDst = slab.floats(out.diff.offset);
      diffSrc = slab.floats(in.diff.offset);
    }
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    Status.check(Quern.quern_relu_forward(batch * in.shape.elements(), src, dst));
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      Status.check(Quern.quern_relu_backward(batch * in.shape.elements(), dst, diffDst, diffSrc));
    }
  }
}
