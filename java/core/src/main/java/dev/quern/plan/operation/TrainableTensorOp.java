package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.ReductionKernel;
import dev.quern.kernel.StridedCopyKernel;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.Op;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** A weight that is copied to every sample; its gradient is the sum of the samples' gradients. */
final class TrainableTensorOp implements Op {
  static final LayerPlan<TrainableTensor> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(
            Builder b, Chain chain, TrainableTensor layer, List<Value> in, Shape out) {
          Value to = b.source(out, true);
          b.ops.add(new TrainableTensorOp(b, to));
          return to;
        }

        @Override
        public boolean callersOrder() {
          return true;
        }

        @Override
        public boolean reads() {
          return false;
        }
      };

  private final Value out;
  private final LayerWeights weights;
  private final StridedCopyKernel copy;
  private final ReductionKernel sum;
  private Pointer dst;
  private Pointer diffDst;

  private TrainableTensorOp(Builder b, Value out) {
    this.out = out;
    weights = b.weightsOfNode();
    long[] sizes = out.shape().toArray();
    long[] weight = TensorType.of(out.shape(), 1).strides();
    copy = StridedCopyKernel.repeating(b.batch, sizes, weight, out.type.strides());
    sum = ReductionKernel.ofSamples(b.batch, sizes, out.type.strides(), weight);
  }

  @Override
  public void bind(OffHeap slab) {
    dst = slab.pointer(out.data.offset);
    diffDst = out.diff == null ? null : slab.pointer(out.diff.offset);
  }

  @Override
  public void batch(int n) {
    copy.batch(n);
    sum.batch(n);
  }

  @Override
  public void forward() {
    copy.forward(weights.weight, dst);
  }

  @Override
  public void backward() {
    if (diffDst != null && weights.weightGrad != null) {
      sum.forward(diffDst, weights.weightGrad);
    }
  }
}
