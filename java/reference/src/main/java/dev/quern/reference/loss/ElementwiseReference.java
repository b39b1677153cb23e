package dev.quern.reference.loss;

import dev.quern.error.ShapeException;
import dev.quern.loss.Loss;
import dev.quern.loss.Loss.Reduction;
import dev.quern.reference.NdArray;

/** Base of losses that are the sum or mean of one term per element. */
final class ElementwiseReference {
  /** Computes the term of output {@code x} at offset {@code i} with target {@code y}. */
  interface Term {
    double of(int i, double x, double y);
  }

  private ElementwiseReference() {}

  /** Returns the sum or mean of all terms. */
  static double forward(Loss loss, NdArray outputs, NdArray targets, Term term) {
    check(loss, outputs, targets);
    double sum = 0;
    for (int i = 0; i < outputs.size(); i++) {
      sum += term.of(i, outputs.get(i), targets.get(i));
    }
    return sum / divisor(loss, outputs);
  }

  /**
   * Returns the gradient with respect to the outputs; {@code slope} is the derivative of each term.
   */
  static NdArray backward(Loss loss, NdArray outputs, NdArray targets, Term slope) {
    check(loss, outputs, targets);
    NdArray grad = new NdArray(outputs.shape());
    for (int i = 0; i < outputs.size(); i++) {
      grad.set(i, slope.of(i, outputs.get(i), targets.get(i)) / divisor(loss, outputs));
    }
    return grad;
  }

  private static double divisor(Loss loss, NdArray outputs) {
    return loss.reduction() == Reduction.SUM ? 1 : outputs.size();
  }

  private static void check(Loss loss, NdArray outputs, NdArray targets) {
    if (!targets.shape().equals(outputs.shape())) {
      throw new ShapeException(
          loss.type() + ": targets " + targets.shape() + " do not fit outputs " + outputs.shape());
    }
  }
}
