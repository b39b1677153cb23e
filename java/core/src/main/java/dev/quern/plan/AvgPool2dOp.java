package dev.quern.plan;

import dev.quern.bindings.Pool2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;

/** Average pooling. */
final class AvgPool2dOp implements Op {
  private final Value in;
  private final Value out;
  private final Pool2dDescriptor descriptor;
  private FloatPointer src;
  private FloatPointer dst;
  private FloatPointer diffSrc;
  private FloatPointer diffDst;

  AvgPool2dOp(Pool2dDescriptor descriptor, Value in, Value out) {
    this.in = in;
    this.out = out;
    this.descriptor = descriptor;
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
