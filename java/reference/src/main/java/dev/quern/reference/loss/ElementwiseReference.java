package dev.quern.reference.loss;

import dev.quern.error.ShapeException;
import dev.quern.loss.Loss;
import dev.quern.loss.Loss.Reduction;
import dev.quern.reference.NdArray;

/** Base of losses that sum a term per element. */
final class ElementwiseReference {
  /** Term of output x at offset i and its target y. */
  interface Term {
    double of(int i, double x, double y);
  }

  private ElementwiseReference() {}

  /** The sum or mean of all terms. */
  static double forward(Loss loss, NdArray outputs, NdArray targets, Term term) {
    check(loss, outputs, targets);
    double sum = 0;
    for (int i = 0; i < outputs.size(); i++) {
      sum += term.of(i, outputs.get(i), targets.get(i));
    }
    return sum / divisor(loss, outputs);
  }

  /** The gradient, from each term's own. */
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
