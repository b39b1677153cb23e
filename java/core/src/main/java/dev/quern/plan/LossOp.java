package dev.quern.plan;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.VectorKernel;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Dice;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.tensor.Shape;
import java.util.Map;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The end of a plan at one output: what the loaded samples should give, the loss, and how many are
 * right.
 */
abstract class LossOp {
  /** How the operation of a loss is made. */
  private interface Maker {
    LossOp of(Builder b, Value output, Loss loss);
  }

  private static final Map<Class<? extends Loss>, Maker> ALL =
      Map.of(
          CrossEntropy.class, (b, out, loss) -> new CrossEntropyOp(b, out, (CrossEntropy) loss),
          BceWithLogits.class, (b, out, loss) -> new BceWithLogitsOp(b, out, (BceWithLogits) loss),
          Mse.class, (b, out, loss) -> new MseOp(b, out, (Mse) loss),
          Huber.class, (b, out, loss) -> new HuberOp(b, out, (Huber) loss),
          SigmoidFocal.class, (b, out, loss) -> new SigmoidFocalOp(b, out, (SigmoidFocal) loss),
          SoftmaxFocal.class, (b, out, loss) -> new CrossEntropyOp(b, out, (SoftmaxFocal) loss),
          Dice.class, (b, out, loss) -> new DiceOp(b, out, (Dice) loss));

  final Value output;
  final Shape targetShape;
  private final String type;
  private double weight;
  private final Slot targetSlot;
  private final Slot resultSlot;
  FloatPointer src;
  FloatPointer targets;
  private FloatPointer target;

  /** Null in inference. */
  FloatPointer diff;

  DoublePointer result;
  int count;

  LossOp(Builder b, Value output, Loss loss) {
    this(b, output, loss, output.shape());
  }

  /**
   * @param targetShape of a sample
   */
  LossOp(Builder b, Value output, Loss loss, Shape targetShape) {
    this.output = output;
    this.targetShape = targetShape;
    type = OutputLoss.type(loss);
    targetSlot = b.slab.slot(targetBytes(b.batch)).at(0).at(b.lossTime());
    resultSlot = b.slab.slot(8).at(b.lossTime());
  }

  static LossOp of(Builder b, OutputLoss of) {
    Value output = b.outputs.get(of.output());
    LossOp op =
        of.loss() instanceof CustomLoss own
            ? new CustomLossOp(b, output, own)
            : ALL.get(of.loss().getClass()).of(b, output, of.loss());
    op.weight = of.weight();
    return op;
  }

  /** Memory for as many weights of the outputs, kept for good. */
  Slot constants(Builder b, String what, float[] values, long wanted) {
    if (values != null && values.length != wanted) {
      throw new ShapeException(
          type + ": " + values.length + " " + what + "s do not fit output " + output.shape());
    }
    return b.slab
        .slot(values == null ? 0 : (long) Float.BYTES * values.length)
        .at(0)
        .at(b.endTime());
  }

  /** The weights in their memory; null for null. */
  static FloatPointer filled(OffHeap slab, Slot slot, float[] values) {
    if (values == null) {
      return null;
    }
    FloatPointer p = slab.floats(slot.offset);
    p.put(values, 0, values.length);
    return p;
  }

  void bind(OffHeap slab) {
    src = slab.floats(output.data.offset);
    targets = slab.floats(targetSlot.offset);
    target = slab.floats(targetSlot.offset);
    diff = output.diff == null ? null : slab.floats(output.diff.offset);
    result = slab.doubles(resultSlot.offset);
  }

  void batch(int n) {
    count = n;
  }

  /** Says of which shape the targets are that come next. */
  void requireTargets(Shape got) {
    if (!got.equals(targetShape)) {
      throw new ShapeException(
          "network: targets of " + got + " do not fit its output " + output.shape());
    }
  }

  private long targetBytes(long samples) {
    return Float.BYTES * samples * targetShape.elements();
  }

  /** Outputs of the loaded samples. */
  long elements() {
    return count * output.shape().elements();
  }

  /** Sets the loaded samples' classes: the first {@code n} of these. */
  void labels(int[] labels, int n) {
    throw new InvalidArgumentException("training: " + type + " takes targets, not labels");
  }

  /** The same where each sample is mixed with another: probabilities of the two classes. */
  void labels(int[] labels, int n, Mixing mixing) {
    labels(labels, n);
  }

  /**
   * Sets the target of loaded sample {@code i}, of the shape that was asked for.
   *
   * @return what is wrong with it, or null
   */
  String target(int i, float[] values) {
    target.position(i * targetShape.elements()).put(values, 0, values.length);
    return null;
  }

  /** Sets the loaded samples' targets. */
  void targets(FloatPointer values) {
    Pointer.memcpy(targets, values, targetBytes(count));
  }

  /** Whether the targets are; labels always. */
  boolean targetsFinite() {
    return NotFinite.isFinite(targets, count * targetShape.elements());
  }

  /** The weighted loss of the last forward pass, and in training its gradient. */
  double loss() {
    run();
    if (weight == 1) {
      return result.get();
    }
    if (diff != null) {
      VectorKernel.scale(elements(), weight, diff);
    }
    return weight * result.get();
  }

  /** Calls the native operator. */
  abstract void run();

  /**
   * How many of the loaded samples the mean is over: a part of one, where positions are ignored.
   */
  double share() {
    return count;
  }

  /** The label that has no part in it; null for none. */
  Integer ignored() {
    return null;
  }

  /** How many answers a sample gives that are right or wrong; 0 where there is no such thing. */
  long mostAnswers() {
    return 0;
  }

  /** The same of the loaded samples, without those that are ignored. */
  long answers() {
    return count * mostAnswers();
  }

  /** How many answers of the loaded samples are right. */
  long correct() {
    return 0;
  }
}
