package dev.quern.plan.loss;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.loss.BceWithLogitsKernel;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.Loss.Reduction;
import dev.quern.plan.build.Builder;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import org.bytedeco.javacpp.FloatPointer;

/** The binary cross-entropy loss of a plan's output; each output element is a binary prediction. */
final class BceWithLogitsOp extends LossOp {
  private final BceWithLogits loss;
  private final Slot classWeightSlot;
  private final Slot posWeightSlot;
  private FloatPointer classWeights;
  private FloatPointer posWeights;
  private final long[] right = new long[1];

  BceWithLogitsOp(Builder b, Value output, BceWithLogits loss) {
    super(b, output, loss);
    this.loss = loss;
    classWeightSlot = constants(b, "class weight", loss.classWeights(), output.shape().elements());
    posWeightSlot = constants(b, "pos weight", loss.posWeights(), output.shape().elements());
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    classWeights = filled(slab, classWeightSlot, loss.classWeights());
    posWeights = filled(slab, posWeightSlot, loss.posWeights());
  }

  @Override
  void run() {
    BceWithLogitsKernel.loss(
        count,
        output.shape().elements(),
        loss.reduction() == Reduction.SUM,
        src,
        targets,
        classWeights,
        posWeights,
        diff,
        result);
  }

  @Override
  public long mostAnswers() {
    return output.shape().elements();
  }

  @Override
  public long correct() {
    BceWithLogitsKernel.countCorrect(elements(), src, targets, right);
    return right[0];
  }
}
