package dev.quern.plan.operation;

import dev.quern.kernel.ReductionAxes;
import dev.quern.kernel.ReductionKernel;
import dev.quern.layer.math.Reduction;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;

/**
 * A reduction over axes, such as a sum or mean. Input and output may have different memory orders.
 */
final class ReductionOp extends UnaryOp {
  private final ReductionKernel kernel;

  private ReductionOp(ReductionKernel kernel, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
  }

  static Value lower(Builder b, Reduction layer, Value in, Shape out) {
    TensorType type = b.outType(out);
    ReductionKernel kernel =
        ReductionAxes.of(layer.type(), in.shape(), layer.axes(), layer.keepDims())
            .kernel(layer.type(), b.batch, in.type.strides(), type.strides());
    Value to = b.value(in, type, in.diff != null && kernel.readsOutput());
    b.touchDiffs(in, to);
    if (to.diff != null && kernel.readsInput()) {
      b.saved.keepExact(in);
    }
    if (to.diff != null && kernel.readsOutput()) {
      b.saved.keepExact(to);
    }
    b.ops.add(new ReductionOp(kernel, in, to));
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
  public void gradients() {
    kernel.backward(src, dst, diffDst, diffSrc);
  }
}
