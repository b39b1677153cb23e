package dev.quern.plan.loss;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.feed.Mixing;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.optim.VectorKernel;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Dice;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.NotFinite;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.Map;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The loss of one output of a plan: stores the targets of the loaded samples, and computes the
 * loss, its gradient and the number of correct predictions.
 */
public abstract class LossOp {
  /** Creates the operation of a built-in loss. */
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
  private final boolean sum;
  private OffHeap memory;

  /** The sample weights of the loaded samples; null if all are 1. */
  private float[] sampleWeights;

  FloatPointer src;
  public FloatPointer targets;
  private FloatPointer target;

  /** The gradient with respect to the output; null in inference. */
  FloatPointer diff;

  DoublePointer result;
  int count;

  LossOp(Builder b, Value output, Loss loss) {
    this(b, output, loss, output.shape());
  }

  /**
   * Creates the operation.
   *
   * @param targetShape the shape of one sample's target
   */
  LossOp(Builder b, Value output, Loss loss, Shape targetShape) {
    this.output = output;
    this.targetShape = targetShape;
    type = OutputLoss.type(loss);
    sum = !(loss instanceof CustomLoss) && loss.reduction() == Loss.Reduction.SUM;
    targetSlot = b.slab.slot(targetBytes(b.batch)).at(0).at(b.lossTime());
    resultSlot = b.slab.slot(8).at(b.lossTime());
  }

  public static LossOp of(Builder b, OutputLoss of) {
    Value output = b.outputs.get(of.output());
    LossOp op =
        of.loss() instanceof CustomLoss own
            ? new CustomLossOp(b, output, own)
            : ALL.get(of.loss().getClass()).of(b, output, of.loss());
    op.weight = of.weight();
    return op;
  }

  /**
   * Reserves memory for constants, such as class weights, for the lifetime of the plan.
   *
   * @param what name of one constant, for the message
   * @param values the constants; null for none
   * @param wanted the required number of constants
   */
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

  /** Copies constants to their reserved memory; returns null if {@code values} is null. */
  static FloatPointer filled(OffHeap slab, Slot slot, float[] values) {
    if (values == null) {
      return null;
    }
    FloatPointer p = slab.floats(slot.offset);
    p.put(values, 0, values.length);
    return p;
  }

  public void bind(OffHeap slab) {
    memory = slab;
    target = slab.floats(targetSlot.offset);
    result = slab.doubles(resultSlot.offset);
    from(slab, 0);
  }

  /** Sets the first sample of the next {@link #run} call, as an index in the batch. */
  void from(OffHeap slab, long sample) {
    long before = Float.BYTES * sample * output.shape().elements();
    src = slab.floats(output.data.offset + before);
    diff = output.diff == null ? null : slab.floats(output.diff.offset + before);
    targets = slab.floats(targetSlot.offset + targetBytes(sample));
  }

  public void batch(int n) {
    count = n;
  }

  /**
   * Sets the sample weights of the loaded samples. For training plans.
   *
   * @param weightsOrNull the weight of each sample; null if all are 1
   */
  public final void sampleWeights(float[] weightsOrNull) {
    sampleWeights = weightsOrNull;
  }

  /**
   * Checks the shape of one sample's target before the targets of a batch are loaded.
   *
   * @throws ShapeException if the loss does not accept targets of this shape
   */
  public void requireTargets(Shape got) {
    if (!got.equals(targetShape)) {
      throw new ShapeException(
          "network: targets of shape " + got + " do not fit output " + output.shape());
    }
  }

  /** Returns the offset of the loaded samples' targets in the plan's memory, in bytes. */
  final long targetsAt() {
    return targetSlot.offset;
  }

  private long targetBytes(long samples) {
    return Float.BYTES * samples * targetShape.elements();
  }

  /** Returns the number of output elements of the loaded samples. */
  long elements() {
    return count * output.shape().elements();
  }

  /** Sets the labels of the {@code n} loaded samples. */
  public void labels(int[] labels, int n) {
    throw new InvalidArgumentException("training: " + type + " expects targets, found labels");
  }

  /**
   * Sets the labels of samples that were mixed with mixup or cutmix. Each target contains the
   * probabilities of two classes.
   */
  public void labels(int[] labels, int n, Mixing mixing) {
    labels(labels, n);
  }

  /**
   * Sets the target of the loaded sample with index {@code i}.
   *
   * @return a description of the first invalid value; null if all are valid
   */
  public String target(int i, float[] values) {
    target.position(i * targetShape.elements()).put(values, 0, values.length);
    return null;
  }

  /** Sets the targets of all loaded samples. */
  public void targets(FloatPointer values) {
    Pointer.memcpy(targets, values, targetBytes(count));
  }

  /** Returns whether all targets of the loaded samples are finite. Labels are always finite. */
  public boolean targetsFinite() {
    return NotFinite.isFinite(targets, count * targetShape.elements());
  }

  /**
   * Returns the loss of the last forward pass, multiplied by the output's weight. In training, also
   * computes the gradient.
   */
  public double loss() {
    double loss;
    if (sampleWeights == null) {
      run();
      loss = result.get();
    } else {
      loss = sampleBySample();
    }
    if (weight == 1) {
      return loss;
    }
    if (diff != null) {
      VectorKernel.scale(elements(), weight, diff);
    }
    return weight * loss;
  }

  /** Computes the loss of each sample separately, and returns the weighted mean or sum. */
  private double sampleBySample() {
    int n = count;
    double[] parts = new double[n];
    double all = 0;
    for (int i = 0; i < n; i++) {
      parts[i] = sampleWeights[i] * (sum ? 1 : divisor(i));
      all += parts[i];
    }
    double loss = 0;
    try {
      batch(1);
      for (int i = 0; i < n; i++) {
        from(memory, i);
        run();
        double part = sum ? parts[i] : all == 0 ? 0 : parts[i] / all;
        loss += part == 0 ? 0 : part * result.get();
        scaleDiff(output.shape().elements(), part);
      }
    } finally {
      from(memory, 0);
      batch(n);
    }
    return loss;
  }

  private void scaleDiff(long n, double factor) {
    if (diff != null && factor == 0) {
      // not by multiplication: gradients of an empty mean are NaN
      Pointer.memset(diff, 0, Float.BYTES * n);
    } else if (diff != null) {
      VectorKernel.scale(n, factor, diff);
    }
  }

  /**
   * Returns the relative weight of a sample in the mean over the batch, in addition to its sample
   * weight.
   */
  double divisor(int sample) {
    return 1;
  }

  /** Computes the loss and, in training, its gradient. */
  abstract void run();

  /**
   * Returns the number of loaded samples over which the loss is averaged; the number is fractional
   * if positions are ignored.
   */
  public double share() {
    return count;
  }

  /** Returns the label that the loss ignores; null if there is none. */
  public Integer ignored() {
    return null;
  }

  /**
   * Returns the number of predictions per sample, including ignored targets; 0 for losses without
   * accuracy.
   */
  public long mostAnswers() {
    return 0;
  }

  /** Returns the number of predictions for the loaded samples, not counting ignored targets. */
  public long answers() {
    return count * mostAnswers();
  }

  /** Returns the number of correct predictions for the loaded samples. */
  public long correct() {
    return 0;
  }
}
