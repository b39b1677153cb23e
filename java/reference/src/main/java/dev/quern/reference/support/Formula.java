package dev.quern.reference.support;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * A function of one number, and its gradient {@code dx} as a function of {@code x} and {@code dy}.
 */
public record Formula(DoubleUnaryOperator value, DoubleBinaryOperator gradient) {
  /** Returns the formula of a smooth function with derivative {@code slope}. */
  public static Formula smooth(DoubleUnaryOperator value, DoubleUnaryOperator slope) {
    return new Formula(value, (x, dy) -> dy * slope.applyAsDouble(x));
  }

  /** Returns the formula of a step function, whose gradient is 0 everywhere. */
  static Formula step(DoubleUnaryOperator value) {
    return new Formula(value, (x, dy) -> 0);
  }
}
