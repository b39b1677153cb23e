package dev.quern.plan;

import dev.quern.bindings.Pool2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;

/** Average pooling. */
final class AvgPool2dOp extends UnaryOp {
  private final Pool2dDescriptor descriptor;

  AvgPool2dOp(Pool2dDescriptor descriptor, Value in, Value out) {
    super(in, out);
    this.descriptor = descriptor;
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
