package dev.quern.plan.loss;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.loss.CrossEntropyKernel;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.plan.build.Builder;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** The cross-entropy loss, or the softmax focal loss, of a plan's output. */
final class CrossEntropyOp extends RowLossOp {
  private final float[] classWeights;
  private final CrossEntropyKernel kernel;
  private final Slot lossSlot;
  private final Slot weightSlot;
  private FloatPointer weights;
  private DoublePointer rowLosses;

  CrossEntropyOp(Builder b, Value output, CrossEntropy loss) {
    this(b, output, loss, loss.labelSmoothing(), loss.classWeights(), loss.ignoreIndex(), 0);
  }

  CrossEntropyOp(Builder b, Value output, SoftmaxFocal loss) {
    this(b, output, loss, 0, loss.classWeights(), loss.ignoreIndex(), loss.gamma());
  }

  private CrossEntropyOp(
      Builder b,
      Value output,
      Loss loss,
      float labelSmoothing,
      float[] classWeights,
      int ignoreIndex,
      double gamma) {
    super(b, output, loss, ignoreIndex);
    this.classWeights = classWeights;
    kernel =
        new CrossEntropyKernel(
            b.descriptor(),
            b.batch * positions,
            classes,
            labelSmoothing,
            loss.reduction() == Reduction.SUM,
            ignoreIndex,
            gamma);
    lossSlot = b.slab.slot((long) Double.BYTES * b.batch * positions).at(b.lossTime());
    weightSlot = constants(b, "class weight", classWeights, classes);
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    rowLosses = slab.doubles(lossSlot.offset);
    weights = filled(slab, weightSlot, classWeights);
  }

  @Override
  public void batch(int n) {
    super.batch(n);
    kernel.batch(n * positions);
  }

  @Override
  void runRows() {
    if (soft) {
      kernel.softLoss(rows, targets, weights, rowDiff, rowLosses, result);
    } else {
      kernel.loss(rows, labels, weights, rowDiff, rowLosses, result);
    }
  }

  @Override
  double classWeight(int label) {
    return classWeights == null ? 1 : classWeights[label];
  }
}
