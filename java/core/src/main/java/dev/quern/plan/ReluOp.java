package dev.quern.plan;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;

/** ReLU, usually in place: its derivative's sign is that of its output. */
final class ReluOp extends UnaryOp {
  private long batch;

  ReluOp(int batch, Value in, Value out) {
    super(in, out);
    this.batch = batch;
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
