package dev.quern.plan;

import dev.quern.Shape;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.layer.Softmax;

/** Softmax over channels, or over all features of a flat value. */
final class SoftmaxOp extends UnaryOp {
  private long batch;

  SoftmaxOp(int batch, Value in, Value out) {
    super(in, out);
    this.batch = batch;
  }

  static Value lower(Builder b, Softmax softmax, Value in, Shape out) {
    Value to = b.value(in, out, true);
    b.touchDiffs(in, to);
    b.keepForBackward(to);
    b.ops.add(new SoftmaxOp(b.batch, in, to));
    return to;
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
