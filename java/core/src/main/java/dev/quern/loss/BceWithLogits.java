package dev.quern.loss;

import dev.quern.internal.arguments.Require;
import dev.quern.kernel.loss.BceWithLogitsKernel;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Binary cross-entropy of the sigmoid of logits, for multi-label classification, as PyTorch's
 * {@code BCEWithLogitsLoss}. For logit x, target y in [0, 1], class weight w and positive weight p,
 * the loss is
 *
 * <pre>
 * w ((1 - y) log(1 + exp(x)) + p y log(1 + exp(-x)))
 * </pre>
 *
 * Logits and targets are {@code [N, C]}; without weights they may have any common shape.
 *
 * @param classWeights the weight of each class (or of each element of a sample), null for weights
 *     of 1
 * @param posWeights the weight of positive targets of each class, null for weights of 1
 * @param reduction sum or mean over all elements; the mean does not divide by the weights
 */
public record BceWithLogits(
    float @Nullable [] classWeights, float @Nullable [] posWeights, Reduction reduction)
    implements Loss {
  public BceWithLogits {
    classWeights = ClassWeights.checked("bce_with_logits", "class weight", classWeights);
    posWeights = ClassWeights.checked("bce_with_logits", "pos weight", posWeights);
    Require.present("bce_with_logits", "reduction", reduction);
  }

  public BceWithLogits() {
    this(null, null, Reduction.MEAN);
  }

  /** Creates the loss with positive weights, for rare classes, and class weights of 1. */
  public BceWithLogits(float @Nullable ... posWeights) {
    this(null, posWeights, Reduction.MEAN);
  }

  @Override
  public String type() {
    return "bce_with_logits";
  }

  @Override
  public float @Nullable [] classWeights() {
    return ClassWeights.copy(classWeights);
  }

  @Override
  public float @Nullable [] posWeights() {
    return ClassWeights.copy(posWeights);
  }

  @Override
  public double forward(Tensor logits, Tensor targets) {
    return Elementwise.forward(type(), logits, targets, operator(logits));
  }

  @Override
  public Tensor backward(Tensor logits, Tensor targets) {
    return Elementwise.backward(type(), logits, targets, operator(logits));
  }

  private Elementwise.Operator operator(Tensor logits) {
    Shape in = Require.present(type(), "outputs", logits).shape();
    boolean weighted = classWeights != null || posWeights != null;
    long batch = weighted ? in.dim(0) : in.elements();
    long classes = weighted ? in.sample().elements() : 1;
    ClassWeights.requireFit(type(), "class weight", classWeights, classes);
    ClassWeights.requireFit(type(), "pos weight", posWeights, classes);
    boolean sum = reduction == Reduction.SUM;
    return (s, src, targets, diff, loss) ->
        BceWithLogitsKernel.loss(
            batch,
            classes,
            sum,
            src,
            targets,
            ClassWeights.pointer(s, classWeights),
            ClassWeights.pointer(s, posWeights),
            diff,
            loss);
  }

  @Override
  public BceWithLogits plain() {
    return new BceWithLogits();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BceWithLogits b
        && reduction == b.reduction
        && Arrays.equals(classWeights, b.classWeights)
        && Arrays.equals(posWeights, b.posWeights);
  }

  @Override
  public int hashCode() {
    return (Arrays.hashCode(classWeights) * 31 + Arrays.hashCode(posWeights)) * 31
        + reduction.hashCode();
  }

  @Override
  public String toString() {
    return "BceWithLogits[classWeights="
        + Arrays.toString(classWeights)
        + ", posWeights="
        + Arrays.toString(posWeights)
        + ", reduction="
        + reduction
        + "]";
  }
}
