package dev.quern.plan.operation;

import dev.quern.kernel.ArgmaxKernel;
import dev.quern.kernel.ReductionAxes;
import dev.quern.layer.math.Argmin;
import dev.quern.layer.math.Extremum;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * Argmax or argmin along an axis: the index of the largest or smallest value. The gradient is 0.
 */
final class ArgmaxOp extends UnaryOp {
  private final ArgmaxKernel kernel;
  private long batch;

  private ArgmaxOp(ArgmaxKernel kernel, long batch, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
    this.batch = batch;
  }

  static Value lower(Builder b, Extremum layer, Value in, Shape out) {
    Value to = b.value(in, out, false);
    b.touchDiffs(in, to);
    ArgmaxKernel kernel =
        ReductionAxes.of(layer.type(), in.shape(), List.of(layer.axis()), layer.keepDim())
            .places(
                layer instanceof Argmin,
                layer.selectLast(),
                b.batch,
                in.type.strides(),
                to.type.strides());
    b.ops.add(new ArgmaxOp(kernel, b.batch, in, to));
    return to;
  }

  @Override
  public void batch(int n) {
    batch = n;
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, dst);
  }

  @Override
  public void gradients() {
    Pointer.memset(diffSrc, 0, in.type.bytes(batch));
  }
}
