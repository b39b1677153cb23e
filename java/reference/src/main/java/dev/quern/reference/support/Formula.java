package dev.quern.reference.support;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** A function of one number, and its gradient {@code dx} of {@code x} and {@code dy}. */
public record Formula(DoubleUnaryOperator value, DoubleBinaryOperator gradient) {
  /** A smooth function with its derivative. */
  public static Formula smooth(DoubleUnaryOperator value, DoubleUnaryOperator slope) {
    return new Formula(value, (x, dy) -> dy * slope.applyAsDouble(x));
  }

  /** A step function, with gradient 0 everywhere. */
  static Formula step(DoubleUnaryOperator value) {
    return new Formula(value, (x, dy) -> 0);
  }
}
