package dev.quern.plan.operation;

import dev.quern.kernel.ReluKernel;
import dev.quern.layer.activation.Relu;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;

/** ReLU, usually in place, because the output's sign determines the derivative. */
final class ReluOp extends UnaryOp {
  private long batch;

  ReluOp(int batch, Value in, Value out) {
    super(in, out);
    this.batch = batch;
  }

  static Value lower(Builder b, Relu relu, Value in, Shape out) {
    Value to = b.inPlace(in, out);
    b.ops.add(new ReluOp(b.batch, in, to));
    return to;
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    ReluKernel.forward(batch * in.shape().elements(), src, dst);
  }

  @Override
  public void gradients() {
    ReluKernel.backward(batch * in.shape().elements(), dst, diffDst, diffSrc);
  }
}
