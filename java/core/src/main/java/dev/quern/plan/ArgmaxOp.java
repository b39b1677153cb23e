package dev.quern.plan;

import dev.quern.kernel.ArgmaxKernel;
import dev.quern.kernel.ReductionAxes;
import dev.quern.layer.Argmin;
import dev.quern.layer.Extremum;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** Where the extreme of an axis is; what flows back is 0. */
final class ArgmaxOp extends UnaryOp {
  static final LayerPlan<Extremum> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Chain chain, Extremum layer, List<Value> in, Shape out) {
          Value from = in.get(0).type.isStrided() ? in.get(0) : b.theirs(in.get(0));
          Value to = b.value(from, out, false);
          b.touchDiffs(from, to);
          ArgmaxKernel kernel =
              ReductionAxes.of(layer.type(), from.shape(), List.of(layer.axis()), layer.keepDim())
                  .places(
                      layer instanceof Argmin,
                      layer.selectLast(),
                      b.batch,
                      from.type.strides(),
                      to.type.strides());
          b.ops.add(new ArgmaxOp(kernel, b.batch, from, to));
          return to;
        }

        @Override
        public boolean callersOrder() {
          return true;
        }
      };

  private final ArgmaxKernel kernel;
  private long batch;

  private ArgmaxOp(ArgmaxKernel kernel, long batch, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
    this.batch = batch;
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
  public void backward() {
    if (diffDst != null) {
      Pointer.memset(diffSrc, 0, in.type.bytes(batch));
    }
  }
}
