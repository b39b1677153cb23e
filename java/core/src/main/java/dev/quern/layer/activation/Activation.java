package dev.quern.layer.activation;

import dev.quern.internal.Require;
import dev.quern.kernel.ActivationKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.Layer;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

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

  /** The native operator's forward pass; the result is of the input's shape and in its arena. */
  default Tensor forward(Tensor input) {
    Require.present(type(), "input", input);
    try (Scratch s = new Scratch(input)) {
      Tensor output = input.arena().tensor(input.shape());
      new ActivationKernel(s.descriptor(), function(), coefficients())
          .forward(input.shape().elements(), s.raw(input), s.raw(output));
      return output;
    }
  }

  /** The gradient with respect to the input, from the input; in its arena. */
  default Tensor backward(Tensor input, Tensor gradOutput) {
    Require.present(type(), "input", input);
    Checks.shape(type(), "grad_output", gradOutput, input.shape());
    long n = input.shape().elements();
    try (Scratch s = new Scratch(input, gradOutput)) {
      ActivationKernel kernel = new ActivationKernel(s.descriptor(), function(), coefficients());
      FloatPointer saved = s.raw(input);
      if (kernel.readsOutput()) {
        saved = s.floats(n);
        kernel.forward(n, s.raw(input), saved);
      }
      Tensor grad = input.arena().tensor(input.shape());
      kernel.backward(n, saved, s.raw(gradOutput), s.raw(grad));
      return grad;
    }
  }
}
