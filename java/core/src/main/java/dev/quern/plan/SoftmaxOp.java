package dev.quern.plan;

import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;

/** Softmax over channels, or over all features of a flat value. */
final class SoftmaxOp implements Op {
  private final Value in;
  private final Value out;
  private long batch;
  private FloatPointer src;
  private FloatPointer dst;
  private FloatPointer diffSrc;
  private FloatPointer diffDst;

  SoftmaxOp(int batch, Value in, Value out) {
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
    Status.check(Quern.quern_softmax_forward(rows(), classes(), src, dst));
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      Status.check(Quern.quern_softmax_backward(rows(), classes(), dst, diffDst, diffSrc));
    }
  }

  private long classes() {
    return in.shape.rank() == 3 ? in.channels() : in.shape.elements();
  }

  private long rows() {
    return batch * (in.shape.elements() / classes());
  }
}
