package dev.quern.plan.loss;

import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.Mixing;
import dev.quern.internal.OffHeap;
import dev.quern.internal.arguments.Heap;
import dev.quern.kernel.LayoutKernel;
import dev.quern.kernel.loss.CrossEntropyKernel;
import dev.quern.loss.Loss;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Orders;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * A loss that reads an output {@code [C, ...]} as rows of C class scores, one row per position.
 * Targets are labels or probabilities, depending on the targets loaded last.
 *
 * <p>In the internal memory order, the class scores of a position are contiguous. Outputs in C, H,
 * W order are copied to rows, and the gradient is copied back.
 */
abstract class RowLossOp extends LossOp {
  final long classes;
  final long positions;
  final int ignoreIndex;
  private final boolean copies;

  /** The memory of the copied rows; null if the output is read in place. */
  private final Slot rowSlot;

  private final Slot rowDiffSlot;

  /** The rows of class scores. */
  FloatPointer rows;

  /** The gradient with respect to {@link #rows}; null in inference. */
  FloatPointer rowDiff;

  /** The labels of the loaded samples, stored in the memory of the targets. */
  public IntPointer labels;

  boolean soft;

  /** The number of labels of the loaded samples that are not ignored. */
  private long kept;

  private final long[] right = new long[1];

  /** Temporary copy of one sample's labels; null before the first use. */
  private int[] sampleLabels;

  private float[] sampleTargets;

  RowLossOp(Builder b, Value output, Loss loss, int ignoreIndex) {
    super(b, output, loss);
    classes = classes(output.shape());
    positions = Orders.positions(output.shape());
    this.ignoreIndex = ignoreIndex;
    copies = classes > 1 && positions > 1 && output.pixels() != positions;
    rowSlot = copies ? b.slot(output.type).at(b.lossTime()) : null;
    rowDiffSlot = copies && output.diff != null ? b.slot(output.type).at(b.lossTime()) : null;
  }

  /** Returns the number of classes C of an output {@code [C, ...]}. */
  static long classes(Shape output) {
    return output.dim(0);
  }

  @Override
  final void from(OffHeap slab, long sample) {
    super.from(slab, sample);
    long before = Float.BYTES * sample * classes * positions;
    labels = slab.ints(targetsAt() + Integer.BYTES * sample * positions);
    rows = rowSlot == null ? src : slab.floats(rowSlot.offset + before);
    rowDiff = rowDiffSlot == null ? diff : slab.floats(rowDiffSlot.offset + before);
  }

  @Override
  public final Integer ignored() {
    return ignoreIndex;
  }

  @Override
  public final void requireTargets(Shape got) {
    soft = got.equals(output.shape());
    kept = 0;
    if (!soft && !LossRules.isOfLabels(got, output.shape())) {
      super.requireTargets(got);
    }
  }

  @Override
  public final void labels(int[] values, int n) {
    if (positions > 1) {
      throw new InvalidArgumentException(
          "training: output "
              + output.shape()
              + " expects targets with a label at each position, found one label per sample");
    }
    soft = false;
    kept = 0;
    labels.put(values, 0, n);
    count(values, n);
  }

  @Override
  public final void labels(int[] values, int n, Mixing mixing) {
    soft = true;
    if (sampleTargets == null) {
      sampleTargets = Heap.floats("plan: targets of a sample", classes);
    }
    for (int i = 0; i < n; i++) {
      int mine = values[i];
      int others = values[Mixing.other(i, n)];
      Arrays.fill(sampleTargets, 0);
      sampleTargets[others] = mixing.of(0, 1);
      sampleTargets[mine] = mine == others ? 1 : mixing.of(1, 0);
      super.target(i, sampleTargets);
    }
  }

  private void count(int[] values, int n) {
    for (int i = 0; i < n; i++) {
      kept += values[i] == ignoreIndex ? 0 : 1;
    }
  }

  @Override
  public final String target(int i, float[] values) {
    if (soft) {
      return soft(i, values);
    }
    if (sampleLabels == null) {
      sampleLabels = Heap.ints("plan: labels of a sample", (int) positions);
    }
    for (int p = 0; p < values.length; p++) {
      int label = (int) values[p];
      if (label != values[p] || !isLabel(label)) {
        return values[p]
            + " at "
            + p
            + " is neither one of "
            + labelled()
            + " classes nor the ignored "
            + ignoreIndex;
      }
      sampleLabels[p] = label;
    }
    new IntPointer(labels).position(i * positions).put(sampleLabels, 0, sampleLabels.length);
    count(sampleLabels, sampleLabels.length);
    return null;
  }

  private boolean isLabel(int label) {
    return label == ignoreIndex || (label >= 0 && label < labelled());
  }

  /** Returns the number of valid labels. */
  long labelled() {
    return classes;
  }

  private String soft(int i, float[] values) {
    if (classes == 1 || positions == 1) {
      return super.target(i, values);
    }
    if (sampleTargets == null) {
      sampleTargets = Heap.floats("plan: targets of a sample", values.length);
    }
    int c = (int) classes;
    int p = (int) positions;
    for (int k = 0; k < values.length; k++) {
      sampleTargets[k % p * c + k / p] = values[k];
    }
    return super.target(i, sampleTargets);
  }

  @Override
  public final void targets(FloatPointer values) {
    if (soft && classes > 1 && positions > 1) {
      LayoutKernel.toNhwc(count, classes, positions, values, targets);
    } else if (soft) {
      super.targets(values);
    } else {
      labels(new FloatPointer(values));
    }
  }

  private void labels(FloatPointer values) {
    float[] sample = Heap.floats("plan: labels of a sample", positions);
    for (int i = 0; i < count; i++) {
      values.position(i * positions).get(sample, 0, sample.length);
      String wrong = target(i, sample);
      if (wrong != null) {
        throw new InvalidArgumentException("training: target of sample " + i + ": " + wrong);
      }
    }
  }

  @Override
  public final boolean targetsFinite() {
    return !soft || super.targetsFinite();
  }

  @Override
  final void run() {
    if (copies) {
      LayoutKernel.toNhwc(count, classes, positions, src, rows);
    }
    runRows();
    if (copies && diff != null) {
      LayoutKernel.toNchw(count, classes, positions, rowDiff, diff);
    }
    if (!soft && kept == 0) {
      result.put(0.0); // the mean of zero labels is NaN, which would end training
    }
  }

  /**
   * Returns the sum of class weights over a sample's labels that are not ignored; 1 if targets are
   * probabilities.
   */
  @Override
  double divisor(int sample) {
    if (soft) {
      return 1;
    }
    if (sampleLabels == null) {
      sampleLabels = Heap.ints("plan: labels of a sample", (int) positions);
    }
    new IntPointer(labels).position(sample * positions).get(sampleLabels, 0, sampleLabels.length);
    double all = 0;
    for (int label : sampleLabels) {
      all += label == ignoreIndex ? 0 : classWeight(label);
    }
    return all;
  }

  double classWeight(int label) {
    return 1;
  }

  /** Calls the native kernel for the loss and gradient of the rows. */
  abstract void runRows();

  /** Returns the number of rows of the loaded samples. */
  final long rowCount() {
    return count * positions;
  }

  @Override
  public double share() {
    return soft ? count : (double) kept / positions;
  }

  @Override
  public long mostAnswers() {
    return positions;
  }

  @Override
  public long answers() {
    return soft ? rowCount() : kept;
  }

  @Override
  public long correct() {
    if (soft) {
      CrossEntropyKernel.countCorrectSoft(rowCount(), classes, rows, targets, right);
    } else {
      CrossEntropyKernel.countCorrect(rowCount(), classes, ignoreIndex, rows, labels, right);
    }
    return right[0];
  }
}
