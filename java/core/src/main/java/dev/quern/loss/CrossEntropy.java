package dev.quern.loss;

import dev.quern.error.InvalidArgumentException;
import java.util.Arrays;

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
}
