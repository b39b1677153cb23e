package dev.quern.loss;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.Scratch;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** Runs native losses whose targets have the same shape as the outputs. */
final class Elementwise {
  /** A native loss, which writes the gradient to {@code diff} unless {@code diff} is null. */
  interface Operator {
    void loss(
        Scratch s, FloatPointer src, FloatPointer targets, FloatPointer diff, DoublePointer loss);
  }

  private Elementwise() {}

  static double forward(String op, Tensor outputs, Tensor targets, Operator operator) {
    check(op, outputs, targets);
    return run(outputs, targets, null, operator);
  }

  static Tensor backward(String op, Tensor outputs, Tensor targets, Operator operator) {
    check(op, outputs, targets);
    Tensor grad = outputs.arena().tensor(outputs.shape());
    run(outputs, targets, grad, operator);
    return grad;
  }

  private static void check(String op, Tensor outputs, Tensor targets) {
    Require.present(op, "outputs", outputs);
    Require.present(op, "targets", targets);
    if (!targets.shape().equals(outputs.shape())) {
      throw new ShapeException(
          op + ": targets " + targets.shape() + " do not fit outputs " + outputs.shape());
    }
  }

  private static double run(Tensor outputs, Tensor targets, Tensor gradOrNull, Operator operator) {
    try (Scratch s = new Scratch(outputs, targets, gradOrNull)) {
      DoublePointer loss = s.block(8).doubles(0);
      operator.loss(s, s.raw(outputs), s.raw(targets), s.raw(gradOrNull), loss);
      return loss.get();
    }
  }
}
