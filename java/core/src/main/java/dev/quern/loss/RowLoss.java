package dev.quern.loss;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.LayoutKernel;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.loss.CrossEntropyKernel;
import dev.quern.loss.Loss.Reduction;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * Runs native losses of logits {@code [N, C, ...]} with C classes at each position: cross-entropy,
 * or the softmax focal loss if {@code gamma} is above 0.
 */
record RowLoss(
    String op,
    float labelSmoothing,
    float[] classWeights,
    Reduction reduction,
    int ignoreIndex,
    double gamma) {

  /** A loss and its gradient, which is null if not requested. */
  record Result(double loss, Tensor gradient) {}

  /** A native loss, either for class indices or for class probabilities as targets. */
  private interface Operator {
    void loss(
        CrossEntropyKernel kernel,
        FloatPointer src,
        FloatPointer weights,
        FloatPointer diff,
        DoublePointer rows,
        DoublePointer loss);
  }

  Result run(Tensor logits, boolean gradient, int[] targets) {
    Require.present(op, "targets", targets);
    Shape in = check(logits);
    if (rows(in) != targets.length) {
      throw new ShapeException(
          op
              + ": logits "
              + in
              + " do not fit "
              + targets.length
              + " targets, expected one target per row");
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

  Result run(Tensor logits, boolean gradient, Tensor targets) {
    Require.present(op, "targets", targets);
    Shape in = check(logits);
    if (!targets.shape().equals(in)) {
      throw new ShapeException(op + ": targets " + targets.shape() + " do not fit logits " + in);
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
    Tensor grad = gradient ? logits.arena().tensor(in) : null;
    FloatPointer diff = gradient && positions(in) > 1 ? s.floats(in.elements()) : s.raw(grad);
    DoublePointer loss = s.block(8).doubles(0);
    operator.loss(
        new CrossEntropyKernel(
            s.descriptor(),
            n,
            in.dim(1),
            labelSmoothing,
            reduction == Reduction.SUM,
            ignoreIndex,
            gamma),
        rows(s, logits),
        ClassWeights.pointer(s, classWeights),
        diff,
        s.block(8 * n + 8).doubles(0),
        loss);
    if (gradient && positions(in) > 1) {
      LayoutKernel.toNchw(in.dim(0), in.dim(1), positions(in), diff, s.raw(grad));
    }
    return new Result(loss.get(), grad);
  }

  /**
   * Returns a tensor's values with the classes of each position contiguous, copied if necessary.
   */
  private static FloatPointer rows(Scratch s, Tensor t) {
    Shape in = t.shape();
    if (positions(in) <= 1) {
      return s.raw(t);
    }
    FloatPointer copy = s.floats(in.elements());
    LayoutKernel.toNhwc(in.dim(0), in.dim(1), positions(in), s.raw(t), copy);
    return copy;
  }

  private Shape check(Tensor logits) {
    Shape in = Require.present(op, "logits", logits).shape();
    if (in.rank() < 2 || in.rank() > 4) {
      throw new ShapeException(
          op
              + ": logits "
              + in
              + " must be rows x classes, or batch x classes x positions with one or two axes of"
              + " positions");
    }
    ClassWeights.requireFit(op, "class weight", classWeights, in.dim(1));
    return in;
  }

  private static long positions(Shape in) {
    long all = 1;
    for (int axis = 2; axis < in.rank(); axis++) {
      all *= in.dim(axis);
    }
    return all;
  }

  private static long rows(Shape in) {
    return in.dim(0) * positions(in);
  }
}
