package dev.quern.plan.loss;

import dev.quern.internal.OffHeap;
import dev.quern.internal.arguments.Heap;
import dev.quern.kernel.loss.BceWithLogitsKernel;
import dev.quern.kernel.loss.DiceKernel;
import dev.quern.loss.Dice;
import dev.quern.loss.Loss.Reduction;
import dev.quern.plan.build.Builder;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The soft Dice loss of a plan's output. If the output has one class, each position is a binary
 * prediction.
 */
final class DiceOp extends RowLossOp {
  private final DiceKernel kernel;
  private final Slot workspaceSlot;
  private final long[] right = new long[1];
  private Pointer workspace;

  DiceOp(Builder b, Value output, Dice loss) {
    super(b, output, loss, loss.ignoreIndex());
    boolean sum = loss.reduction() == Reduction.SUM;
    kernel =
        new DiceKernel(
            b.descriptor(), b.batch, positions, classes, loss.smooth(), sum, ignoreIndex);
    workspaceSlot = b.slab.slot(kernel.workspaceBytes()).at(b.lossTime());
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    workspace = slab.pointer(workspaceSlot.offset);
  }

  @Override
  public void batch(int n) {
    super.batch(n);
    kernel.batch(n);
  }

  @Override
  void runRows() {
    if (soft) {
      kernel.softLoss(rows, targets, rowDiff, workspace, workspaceSlot.bytes, result);
    } else {
      kernel.loss(rows, labels, rowDiff, workspace, workspaceSlot.bytes, result);
    }
  }

  @Override
  long labelled() {
    return classes == 1 ? 2 : classes;
  }

  /**
   * Returns the number of loaded samples. Ignored positions do not reduce the number, because the
   * loss is a mean over samples.
   */
  @Override
  public double share() {
    return count;
  }

  @Override
  double divisor(int sample) {
    return 1;
  }

  @Override
  public long correct() {
    if (classes > 1) {
      return super.correct();
    }
    if (soft) {
      BceWithLogitsKernel.countCorrect(rowCount(), rows, targets, right);
      return right[0];
    }
    return correctLabels();
  }

  private long correctLabels() {
    int[] wanted = Heap.ints("plan: labels of a sample", (int) positions);
    float[] logits = Heap.floats("plan: logits of a sample", positions);
    long hits = 0;
    for (int i = 0; i < count; i++) {
      new IntPointer(labels).position(i * positions).get(wanted, 0, wanted.length);
      new FloatPointer(rows).position(i * positions).get(logits, 0, logits.length);
      for (int p = 0; p < wanted.length; p++) {
        hits += wanted[p] != ignoreIndex && logits[p] > 0 == (wanted[p] == 1) ? 1 : 0;
      }
    }
    return hits;
  }
}
