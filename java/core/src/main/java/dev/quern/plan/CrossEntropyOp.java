package dev.quern.plan;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.CrossEntropyKernel;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss.Reduction;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * Cross-entropy at the end of a plan, against labels or, as the last load brought, probabilities.
 */
final class CrossEntropyOp extends LossOp {
  private final CrossEntropy loss;
  private final CrossEntropyKernel kernel;
  private final Slot rowSlot;
  private final Slot weightSlot;
  private FloatPointer weights;
  private DoublePointer rows;

  /** In the memory of the targets, which is larger. */
  private IntPointer labels;

  private boolean soft;
  private final long[] right = new long[1];

  CrossEntropyOp(Builder b, Value output, CrossEntropy loss) {
    super(b, output, loss);
    this.loss = loss;
    kernel =
        new CrossEntropyKernel(
            b.descriptor(),
            b.batch,
            output.shape().elements(),
            loss.labelSmoothing(),
            loss.reduction() == Reduction.SUM);
    rowSlot = b.slab.slot((long) Double.BYTES * b.batch).at(b.lossTime());
    weightSlot = constants(b, "class weight", loss.classWeights());
  }

  @Override
  void bind(OffHeap slab) {
    super.bind(slab);
    labels = new IntPointer(targets);
    rows = slab.doubles(rowSlot.offset);
    weights = filled(slab, weightSlot, loss.classWeights());
  }

  @Override
  void batch(int n) {
    super.batch(n);
    kernel.batch(n);
  }

  @Override
  void labels(int[] values, int n) {
    labels.put(values, 0, n);
    soft = false;
  }

  @Override
  void target(int i, float[] values) {
    super.target(i, values);
    soft = true;
  }

  @Override
  void targets(FloatPointer values) {
    super.targets(values);
    soft = true;
  }

  @Override
  boolean targetsFinite() {
    return !soft || super.targetsFinite();
  }

  @Override
  void run() {
    if (soft) {
      kernel.softLoss(src, targets, weights, diff, rows, result);
    } else {
      kernel.loss(src, labels, weights, diff, rows, result);
    }
  }

  @Override
  long answers() {
    return 1;
  }

  @Override
  long correct() {
    long classes = output.shape().elements();
    if (soft) {
      CrossEntropyKernel.countCorrectSoft(count, classes, src, targets, right);
    } else {
      CrossEntropyKernel.countCorrect(count, classes, src, labels, right);
    }
    return right[0];
  }
}
