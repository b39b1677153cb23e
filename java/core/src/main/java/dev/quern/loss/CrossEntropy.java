package dev.quern.loss;

import dev.quern.Shape;
import dev.quern.Tensor;
import dev.quern.bindings.Quern;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Descriptors;
import dev.quern.internal.Require;
import dev.quern.internal.Scratch;
import dev.quern.internal.Status;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Softmax with cross-entropy from logits {@code [N, C]} and class indices, by log-sum-exp. As in
 * PyTorch: with label smoothing s the target is {@code (1 - s) one-hot + s / C}; with class weights
 * w the mean divides by the sum of the targets' weights.
 *
 * @param labelSmoothing in [0, 1]
 * @param classWeights one for each class, or null for all 1
 * @param reduction mean or sum over the batch
 */
public record CrossEntropy(float labelSmoothing, float[] classWeights, Reduction reduction) {
  /** How the losses of a batch become one number. */
  public enum Reduction {
    MEAN,
    SUM
  }

  public CrossEntropy {
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw new InvalidArgumentException(
          "cross_entropy: label_smoothing " + labelSmoothing + " is outside [0, 1]");
    }
    if (classWeights != null) {
      classWeights = classWeights.clone();
      for (float w : classWeights) {
        if (!(w >= 0) || Float.isInfinite(w)) {
          throw new InvalidArgumentException(
              "cross_entropy: class weight " + w + " is not a number of at least 0");
        }
      }
    }
    if (reduction == null) {
      throw new InvalidArgumentException("cross_entropy: reduction is null");
    }
  }

  public CrossEntropy() {
    this(0);
  }

  public CrossEntropy(float labelSmoothing) {
    this(labelSmoothing, null, Reduction.MEAN);
  }

  @Override
  public float[] classWeights() {
    return classWeights == null ? null : classWeights.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CrossEntropy c
        && labelSmoothing == c.labelSmoothing
        && reduction == c.reduction
        && Arrays.equals(classWeights, c.classWeights);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(classWeights) * 31
        + Float.hashCode(labelSmoothing)
        + reduction.hashCode();
  }

  /**
   * The loss of a batch, by the native operator; NaN for the mean of an empty one, as in PyTorch.
   *
   * @param logits {@code [N, C]}
   * @param targets N class indices in [0, C)
   */
  public double forward(Tensor logits, int... targets) {
    return run(logits, null, targets);
  }

  /** The loss's gradient with respect to the logits, {@code [N, C]}, in their arena. */
  public Tensor backward(Tensor logits, int... targets) {
    Require.present("cross_entropy", "logits", logits);
    Tensor grad = logits.arena().tensor(logits.shape());
    run(logits, grad, targets);
    return grad;
  }

  private double run(Tensor logits, Tensor gradOrNull, int[] targets) {
    Require.present("cross_entropy", "targets", targets);
    Shape in = Require.present("cross_entropy", "logits", logits).shape();
    if (in.rank() != 2 || in.dim(0) != targets.length) {
      throw new ShapeException(
          "cross_entropy: logits "
              + in
              + " do not fit "
              + targets.length
              + " targets (rows x classes wanted)");
    }
    if (classWeights != null && classWeights.length != in.dim(1)) {
      throw new ShapeException(
          "cross_entropy: "
              + classWeights.length
              + " class weights do not fit "
              + in.dim(1)
              + " classes");
    }
    try (Scratch s = new Scratch(logits, gradOrNull)) {
      DoublePointer rows = s.block(8L * targets.length + 8).doubles(0);
      DoublePointer loss = s.block(8).doubles(0);
      Status.check(
          Quern.quern_cross_entropy_loss(
              Descriptors.crossEntropy(s.descriptor(Descriptors.BYTES), this, in.dim(0), in.dim(1)),
              s.raw(logits),
              s.ints(targets),
              weights(s),
              s.raw(gradOrNull),
              rows,
              loss));
      return loss.get();
    }
  }

  private FloatPointer weights(Scratch s) {
    if (classWeights == null) {
      return null;
    }
    FloatPointer p = s.floats(classWeights.length);
    p.put(classWeights, 0, classWeights.length);
    return p;
  }

  @Override
  public String toString() {
    return "CrossEntropy[labelSmoothing="
        + labelSmoothing
        + ", classWeights="
        + Arrays.toString(classWeights)
        + ", reduction="
        + reduction
        + "]";
  }
}
