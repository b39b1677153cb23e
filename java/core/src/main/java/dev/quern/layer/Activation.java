package dev.quern.layer;

import dev.quern.bindings.ActivationDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Require;
import dev.quern.internal.Status;
import dev.quern.kernel.Activations;
import dev.quern.kernel.Descriptors;
import dev.quern.kernel.Scratch;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A function of each element by itself, of tensors of any shape. Names, defaults and the gradients
 * at kinks are PyTorch's; NaN stays NaN.
 */
public sealed interface Activation extends Layer
    permits Elu,
        Gelu,
        Hardsigmoid,
        Hardswish,
        LeakyRelu,
        Mish,
        Relu6,
        Selu,
        Sigmoid,
        Silu,
        Softplus,
        Tanh {
  @Override
  default Shape outputShape(Shape input) {
    return Checks.any(type(), input);
  }

  /** The native operator's forward pass; the result is of the input's shape and in its arena. */
  default Tensor forward(Tensor input) {
    Require.present(type(), "input", input);
    try (Scratch s = new Scratch(input)) {
      Tensor output = input.arena().tensor(input.shape());
      Status.check(
          Quern.quern_activation_forward(
              Activations.descriptor(s.descriptor(Descriptors.BYTES), this),
              input.shape().elements(),
              s.raw(input),
              s.raw(output)));
      return output;
    }
  }

  /** The gradient with respect to the input, from the input; in its arena. */
  default Tensor backward(Tensor input, Tensor gradOutput) {
    Require.present(type(), "input", input);
    Checks.shape(type(), "grad_output", gradOutput, input.shape());
    long n = input.shape().elements();
    try (Scratch s = new Scratch(input, gradOutput)) {
      ActivationDescriptor d = Activations.descriptor(s.descriptor(Descriptors.BYTES), this);
      FloatPointer saved = s.raw(input);
      if (Activations.readsOutput(d)) {
        saved = s.floats(n);
        Status.check(Quern.quern_activation_forward(d, n, s.raw(input), saved));
      }
      Tensor grad = input.arena().tensor(input.shape());
      Status.check(Quern.quern_activation_backward(d, n, saved, s.raw(gradOutput), s.raw(grad)));
      return grad;
    }
  }
}
