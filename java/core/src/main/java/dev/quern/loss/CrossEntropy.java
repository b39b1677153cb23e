package dev.quern.loss;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
import dev.quern.kernel.CrossEntropyKernel;
import dev.quern.kernel.Scratch;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/**
 * Softmax with cross-entropy, from logits {@code [N, C]}, or {@code [N, C, H, W]} with a target at
 * each pixel, by log-sum-exp. Targets are class indices or rows of class probabilities. As in
 * PyTorch: with label smoothing s the target is {@code (1 - s) y + s / C}, y being one-hot for an
 * index; with class weights w each class's term is multiplied by its own, and the mean divides by
 * the sum of the targets' weights for indices, by the number of rows for probabilities.
 *
 * @param labelSmoothing in [0, 1]
 * @param classWeights one for each class, or null for all 1
 * @param reduction mean or sum over the rows
 */
public record CrossEntropy(
    float labelSmoothing, float @Nullable [] classWeights, Reduction reduction) implements Loss {
  private static final String OP = "cross_entropy";

  public CrossEntropy {
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw new InvalidArgumentException(
          OP + ": label_smoothing " + labelSmoothing + " is outside [0, 1]");
    }
    classWeights = ClassWeights.checked(OP, "class weight", classWeights);
    Require.present(OP, "reduction", reduction);
  }

  public CrossEntropy() {
    this(0);
  }

  public CrossEntropy(float labelSmoothing) {
    this(labelSmoothing, null, Reduction.MEAN);
  }

  @Override
  public String type() {
    return OP;
  }

  @Override
  public float @Nullable [] classWeights() {
    return ClassWeights.copy(classWeights);
  }

  /**
   * The loss of a batch, by the native operator; NaN for the mean of an empty one, as in PyTorch.
   *
   * @param logits {@code [N, C]} or {@code [N, C, H, W]}
   * @param targets class indices in [0, C): N, or N * H * W in that order
   */
  public double forward(Tensor logits, int... targets) {
    return run(logits, false, targets).loss;
  }

  /** The loss's gradient with respect to the logits: of their shape, in their arena. */
  public Tensor backward(Tensor logits, int... targets) {
    return run(logits, true, targets).gradient;
  }

  /**
   * {@inheritDoc}
   *
   * @param logits {@code [N, C]} or {@code [N, C, H, W]}
   * @param targets class probabilities, of the logits' shape; that they add up to 1 is not checked
   */
  @Override
  public double forward(Tensor logits, Tensor targets) {
    return run(logits, false, targets).loss;
  }

  @Override
  public Tensor backward(Tensor logits, Tensor targets) {
    return run(logits, true, targets).gradient;
  }

  @Override
  public CrossEntropy plain() {
    return new CrossEntropy();
  }

  private record Result(double loss, Tensor gradient) {}

  /** The native operator for one kind of targets. */
  private interface Operator {
    void loss(
        CrossEntropyKernel kernel,
        FloatPointer src,
        FloatPointer weights,
        FloatPointer diff,
        DoublePointer rows,
        DoublePointer loss);
  }

  private Result run(Tensor logits, boolean gradient, int[] targets) {
    Require.present(OP, "targets", targets);
    Shape in = check(logits);
    if (rows(in) != targets.length) {
      throw new ShapeException(
          OP
              + ": logits "
              + in
              + " do not fit "
              + targets.length
              + " targets (one for each row wanted)");
    }
    try (Scratch s = new Scratch(logits)) {
      IntPointer t = s.ints(targets);
      return run(
          s,
          logits,
          gradient,
          (kernel, src, w, diff, rows, loss) -> kernel.loss(src, t, w, diff, rows, loss));
    }
  }

  private Result run(Tensor logits, boolean gradient, Tensor targets) {
    Require.present(OP, "targets", targets);
    Shape in = check(logits);
    if (!targets.shape().equals(in)) {
      throw new ShapeException(OP + ": targets " + targets.shape() + " do not fit logits " + in);
    }
    try (Scratch s = new Scratch(logits, targets)) {
      FloatPointer t = rows(s, targets);
      return run(
          s,
          logits,
          gradient,
          (kernel, src, w, diff, rows, loss) -> kernel.softLoss(src, t, w, diff, rows, loss));
    }
  }

  private Result run(Scratch s, Tensor logits, boolean gradient, Operator operator) {
    Shape in = logits.shape();
    long n = rows(in);
    boolean image = in.rank() == 4;
    Tensor grad = gradient && !image ? logits.arena().tensor(in) : null;
    FloatPointer diff = gradient && image ? s.floats(in.elements()) : s.raw(grad);
    DoublePointer loss = s.block(8).doubles(0);
    operator.loss(
        new CrossEntropyKernel(
            s.descriptor(), n, in.dim(1), labelSmoothing, reduction == Reduction.SUM),
        rows(s, logits),
        ClassWeights.pointer(s, classWeights),
        diff,
        s.block(8 * n + 8).doubles(0),
        loss);
    return new Result(loss.get(), gradient && image ? s.nchw(logits.arena(), in, diff) : grad);
  }

  /** Memory with a pixel's classes side by side. */
  private static FloatPointer rows(Scratch s, Tensor t) {
    return t.shape().rank() == 2 ? s.raw(t) : s.nhwc(t);
  }

  private Shape check(Tensor logits) {
    Shape in = Require.present(OP, "logits", logits).shape();
    if (in.rank() != 2 && in.rank() != 4) {
      throw new ShapeException(
          OP
              + ": logits "
              + in
              + " are neither rows x classes nor batch x classes x height x width");
    }
    ClassWeights.requireFit(OP, "class weight", classWeights, in.dim(1));
    return in;
  }

  private static long rows(Shape in) {
    return in.rank() == 2 ? in.dim(0) : in.dim(0) * in.dim(2) * in.dim(3);
  }

  @Override
  public boolean equals(@Nullable Object other) {
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
