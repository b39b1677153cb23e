package dev.quern.eager;

import dev.quern.internal.arguments.Require;
import dev.quern.kernel.ActivationKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.activation.Activation;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/** Forward and backward pass of {@link Activation} on tensors. */
public final class ActivationPass {
  private final Activation layer;

  ActivationPass(Activation layer) {
    this.layer = layer;
  }

  /**
   * Runs the forward pass. The result has the input's shape and is allocated in the input's arena.
   */
  public Tensor forward(Tensor input) {
    Require.present(layer.type(), "input", input);
    try (Scratch s = new Scratch(input)) {
      Tensor output = input.arena().tensor(input.shape());
      new ActivationKernel(s.descriptor(), layer.function(), layer.coefficients())
          .forward(input.shape().elements(), s.raw(input), s.raw(output));
      return output;
    }
  }

  /** Returns the gradient with respect to the input, in the input's arena. */
  public Tensor backward(Tensor input, Tensor gradOutput) {
    Require.present(layer.type(), "input", input);
    TensorChecks.shape(layer.type(), "grad_output", gradOutput, input.shape());
    long n = input.shape().elements();
    try (Scratch s = new Scratch(input, gradOutput)) {
      ActivationKernel kernel =
          new ActivationKernel(s.descriptor(), layer.function(), layer.coefficients());
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
