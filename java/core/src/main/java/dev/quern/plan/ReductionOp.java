package dev.quern.plan;

import dev.quern.kernel.ReductionAxes;
import dev.quern.kernel.ReductionKernel;
import dev.quern.layer.Reduction;
import dev.quern.tensor.Shape;
import java.util.List;

/** Many numbers to one over axes, from the memory order of the input to that of the output. */
final class ReductionOp extends UnaryOp {
  static final LayerPlan<Reduction> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Chain chain, Reduction layer, List<Value> in, Shape out) {
          Value from = in.get(0).type.isStrided() ? in.get(0) : b.theirs(in.get(0));
          TensorType type = b.outType(out);
          ReductionKernel kernel =
              ReductionAxes.of(layer.type(), from.shape(), layer.axes(), layer.keepDims())
                  .kernel(layer.type(), b.batch, from.type.strides(), type.strides());
          Value to = b.value(from, type, from.diff != null && kernel.readsOutput());
          b.touchDiffs(from, to);
          if (to.diff != null && kernel.readsInput()) {
            b.keepForBackward(from);
          }
          if (to.diff != null && kernel.readsOutput()) {
            b.keepForBackward(to);
          }
          b.ops.add(new ReductionOp(kernel, from, to));
          return to;
        }

        @Override
        public boolean callersOrder() {
          return true;
        }
      };

  private final ReductionKernel kernel;

  private ReductionOp(ReductionKernel kernel, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
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
  public void backward() {
    if (diffDst != null) {
      kernel.backward(src, dst, diffDst, diffSrc);
    }
  }
}
