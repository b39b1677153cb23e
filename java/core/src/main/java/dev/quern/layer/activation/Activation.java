package dev.quern.layer.activation;

import dev.quern.layer.Layer;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * An elementwise function of tensors of any shape. Names, defaults and subgradients are PyTorch's;
 * NaN yields NaN.
 */
public interface Activation extends Layer {
  @Override
  default Shape outputShape(Shape input) {
    return Checks.any(type(), input);
  }

  /**
   * Returns the function's name: the {@link #type()}, or {@code gelu_tanh} for the approximate
   * GELU.
   */
  default String function() {
    return type();
  }

  /**
   * Returns the function's coefficients, usually the record's components in order; empty for most
   * functions.
   */
  default float[] coefficients() {
    return new float[0];
  }
}
