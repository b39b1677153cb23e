package dev.quern.plan;

import dev.quern.bindings.Pool2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.kernel.Descriptors;
import dev.quern.layer.AvgPool2d;
import dev.quern.tensor.Shape;

/** Average pooling. */
final class AvgPool2dOp extends UnaryOp {
  private final Pool2dDescriptor descriptor;

  AvgPool2dOp(Pool2dDescriptor descriptor, Value in, Value out) {
    super(in, out);
    this.descriptor = descriptor;
  }

  static Value lower(Builder b, AvgPool2d pool, Value in, Shape out) {
    Value to = b.value(in, out, false);
    b.touchDiffs(in, to);
    b.ops.add(
        new AvgPool2dOp(Descriptors.avgPool2d(b.descriptor(), pool, b.batch, in.shape), in, to));
    return to;
  }

  @Override
  public void batch(int n) {
    descriptor.batch(n);
  }

  @Override
  public void forward() {
    Status.check(Quern.quern_avg_pool2d_forward(descriptor, src, dst));
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      Status.check(Quern.quern_avg_pool2d_backward(descriptor, diffDst, diffSrc));
    }
  }
}
