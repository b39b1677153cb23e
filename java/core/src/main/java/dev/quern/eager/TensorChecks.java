package dev.quern.eager;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.function.UnaryOperator;

/** Checks of the tensors of a pass; each message starts with the operator's name. */
final class TensorChecks {
  private TensorChecks() {}

  static void batched(String op, Tensor t) {
    batched(op, "input", t);
  }

  static void batched(String op, String what, Tensor t) {
    Require.present(op, what, t);
    if (t.shape().rank() < 2) {
      throw new ShapeException(
          op + ": " + what + " " + t.shape() + " must have a batch axis and at least one other");
    }
  }

  static void batched(String op, Shape input) {
    if (input.rank() < 2) {
      throw new ShapeException(
          op + ": input " + input + " must have a batch axis and at least one other");
    }
  }

  static Shape images(String op, String what, Tensor t) {
    Require.present(op, what, t);
    return images(op, what, t.shape());
  }

  static Shape images(String op, String what, Shape s) {
    Require.present(op, what, s);
    if (s.rank() != 4) {
      throw new ShapeException(
          op + ": " + what + " " + s + " must have shape [batch, channels, height, width]");
    }
    return s;
  }

  /** Returns a layer's output shape for a batch of images, from its output shape for one sample. */
  static Shape batchOutput(UnaryOperator<Shape> outputShape, Shape images) {
    return outputShape.apply(images.sample()).batch(images.dim(0));
  }

  /**
   * Checks that a gradient has the layer's output shape for a batch of images.
   *
   * @param outputShape returns the output shape for one sample's shape
   */
  static void gradOutput(
      String op, UnaryOperator<Shape> outputShape, Tensor gradOutput, Shape images) {
    images(op, "input", images);
    shape(op, "grad_output", gradOutput, batchOutput(outputShape, images));
  }

  static Shape rows(String op, String what, Tensor t) {
    Require.present(op, what, t);
    if (t.shape().rank() != 2) {
      throw new ShapeException(
          op + ": " + what + " " + t.shape() + " must have shape [rows, columns]");
    }
    return t.shape();
  }

  static void shape(String op, String what, Tensor t, Shape wanted) {
    Require.present(op, what, t);
    if (!t.shape().equals(wanted)) {
      throw new ShapeException(op + ": " + what + " " + t.shape() + " must have shape " + wanted);
    }
  }

  static void bias(String op, Tensor bias, boolean wanted, long out) {
    optional(op, "bias", bias, wanted, Shape.of(out));
  }

  /**
   * Checks that a parameter is present if and only if the layer has it, and that its shape is
   * correct.
   */
  static void optional(String op, String what, Tensor t, boolean wanted, Shape shape) {
    if (!wanted && t != null) {
      throw new InvalidArgumentException(op + ": a " + what + " is given, but the layer has none");
    }
    if (wanted) {
      shape(op, what, t, shape);
    }
  }
}
