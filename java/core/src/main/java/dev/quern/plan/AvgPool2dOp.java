package dev.quern.plan;

import dev.quern.kernel.AvgPool2dKernel;
import dev.quern.kernel.Window;
import dev.quern.layer.AvgPool2d;
import dev.quern.tensor.Shape;

/** Average pooling. */
final class AvgPool2dOp extends UnaryOp {
  private final AvgPool2dKernel kernel;

  AvgPool2dOp(AvgPool2dKernel kernel, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
  }

  static Value lower(Builder b, AvgPool2d pool, Value in, Shape out) {
    Value to = b.value(in, out, false);
    b.touchDiffs(in, to);
    Window window = new Window(pool.kernel(), pool.stride(), pool.paddings(), pool.dilation());
    AvgPool2dKernel kernel =
        new AvgPool2dKernel(
            b.descriptor(), b.batch, in.shape(), window, pool.ceilMode(), pool.countIncludePad());
    b.ops.add(new AvgPool2dOp(kernel, in, to));
    return to;
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, dst);
  }

  @Override
  void gradients() {
    kernel.backward(diffDst, diffSrc);
  }
}
