package dev.quern.plan.operation;

import dev.quern.kernel.SoftmaxKernel;
import dev.quern.layer.Layer;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;

/** Softmax or log-softmax over the channels of an image, or over all features of a vector. */
final class SoftmaxOp extends UnaryOp {
  private final SoftmaxKernel kernel;
  private long batch;

  SoftmaxOp(SoftmaxKernel kernel, int batch, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
    this.batch = batch;
  }

  static LayerPlan<Layer> plan(SoftmaxKernel kernel) {
    return LayerPlan.unary((b, layer, in, out) -> lower(b, kernel, in, out));
  }

  private static Value lower(Builder b, SoftmaxKernel kernel, Value in, Shape out) {
    Value to = b.value(in, out, true);
    b.touchDiffs(in, to);
    b.saved.keepExact(to);
    b.ops.add(new SoftmaxOp(kernel, b.batch, in, to));
    return to;
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    kernel.forward(rows(), classes(), src, dst);
  }

  @Override
  public void gradients() {
    kernel.backward(rows(), classes(), dst, diffDst, diffSrc);
  }

  private long classes() {
    return in.shape().rank() == 3 ? in.channels() : in.shape().elements();
  }

  private long rows() {
    return batch * (in.shape().elements() / classes());
  }
}
