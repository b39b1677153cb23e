package dev.quern.layer.activation;

import dev.quern.layer.Layer;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * A function of each element by itself, of tensors of any shape. Names, defaults and the gradients
 * at kinks are PyTorch's; NaN stays NaN.
 */
public interface Activation extends Layer {
  @Override
  default Shape outputShape(Shape input) {
    return Checks.any(type(), input);
  }

  /** The function's name: the {@link #type()}, and {@code gelu_tanh} for the approximate GELU. */
  default String function() {
    return type();
  }

  /** The function's numbers, usually the record's components in their order; none for most. */
  default float[] coefficients() {
    return new float[0];
  }
}
