package dev.quern.plan.operation;

import dev.quern.kernel.AvgPool2dKernel;
import dev.quern.kernel.Window;
import dev.quern.kernel.conv.Window3d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.volume.AvgPool3d;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.Orders;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;

/** Average pooling of float values. */
final class AvgPool2dOp extends UnaryOp {
  static final LayerPlan<AvgPool2d> PLAN =
      MeanOp.plan(
          AvgPool2dOp::lower, (b, pool, in, out, toBytes) -> kernel(b, pool, in).bytes(toBytes));

  private final AvgPool2dKernel kernel;

  /** The number of images of a sample: 1, or the slices of a volume. */
  private final long images;

  private AvgPool2dOp(AvgPool2dKernel kernel, long images, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
    this.images = images;
  }

  private static Value lower(Builder b, AvgPool2d pool, Value in, Shape out) {
    Value to = b.value(in, out, false);
    b.touchDiffs(in, to);
    b.ops.add(new AvgPool2dOp(kernel(b, pool, in.shape()), 1, in, to));
    return to;
  }

  /** Pools the slices of volumes, then along the depth. */
  static Value volumes(Builder b, AvgPool3d pool, Value from, Shape out) {
    Window3d window = new Window3d(pool.kernel(), pool.stride(), pool.padding(), Size3.of(1));
    Value in = from;
    for (Window3d.Pooling p : window.poolings(from.shape(), out)) {
      AvgPool2dKernel kernel =
          new AvgPool2dKernel(
              b.descriptor(),
              b.batch * p.images(),
              p.image(),
              p.window(),
              pool.ceilMode(),
              pool.countIncludePad());
      Value to = b.value(in, TensorType.of(p.out(), Orders.positions(p.out())), false);
      b.touchDiffs(in, to);
      b.ops.add(new AvgPool2dOp(kernel, p.images(), in, to));
      in = to;
    }
    return in;
  }

  private static AvgPool2dKernel kernel(Builder b, AvgPool2d pool, Shape in) {
    Window window = new Window(pool.kernel(), pool.stride(), pool.paddings(), pool.dilation());
    return new AvgPool2dKernel(
        b.descriptor(), b.batch, in, window, pool.ceilMode(), pool.countIncludePad());
  }

  @Override
  public void batch(int n) {
    kernel.batch(n * images);
  }

  @Override
  public void forward() {
    kernel.forward(src, dst);
  }

  @Override
  public void gradients() {
    kernel.backward(diffDst, diffSrc);
  }
}
