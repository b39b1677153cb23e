package dev.quern.plan.operation;

import dev.quern.kernel.MatmulKernel;
import dev.quern.layer.math.Matmul;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.PairOp;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The matrix product of two values. Inputs are in C, H, W order, in which matrix rows are
 * contiguous. The inputs are kept for the backward pass.
 */
final class MatmulOp extends PairOp {
  static final LayerPlan<Matmul> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Chain chain, Matmul layer, List<Value> in, Shape out) {
          return MatmulOp.lower(b, in, out);
        }

        @Override
        public boolean callersOrder() {
          return true;
        }
      };

  private final MatmulKernel kernel;

  private MatmulOp(MatmulKernel kernel, Value in, Value other, Value out) {
    super(in, other, out);
    this.kernel = kernel;
  }

  private static Value lower(Builder b, List<Value> inputs, Shape out) {
    List<Value> theirs = inputs.stream().map(b.reorder::theirs).toList();
    Value to = b.merge(theirs, TensorType.of(out, 1));
    Value in = theirs.get(0);
    keep(b, in, theirs.get(1), to, false);
    MatmulKernel kernel = new MatmulKernel(b.descriptor(), b.batch, in.shape(), out);
    b.ops.add(new MatmulOp(kernel, in, theirs.get(1), to));
    return b.reorder.ours(to);
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, second, dst);
  }

  @Override
  public void gradients() {
    kernel.backward(src, second, diffDst, diffSrc, diffSecond);
  }
}
