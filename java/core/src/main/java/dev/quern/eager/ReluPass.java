package dev.quern.eager;

import dev.quern.internal.arguments.Require;
import dev.quern.kernel.ReluKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.activation.Relu;
import dev.quern.tensor.Tensor;

/** The passes of {@link Relu} on tensors. */
public final class ReluPass {
  private final Relu layer;

  ReluPass(Relu layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass; the result is of the input's shape and in its arena.
   */
  public Tensor forward(Tensor input) {
    Require.present("relu", "input", input);
    try (Scratch s = new Scratch(input)) {
      Tensor output = input.arena().tensor(input.shape());
      ReluKernel.forward(input.shape().elements(), s.raw(input), s.raw(output));
      return output;
    }
  }

  /**
   * Returns the gradient with respect to the input, computed from the input, or from the output,
   * which has the same sign.
   */
  public Tensor backward(Tensor input, Tensor gradOutput) {
    Require.present("relu", "input", input);
    TensorChecks.shape("relu", "grad_output", gradOutput, input.shape());
    try (Scratch s = new Scratch(input, gradOutput)) {
      Tensor grad = input.arena().tensor(input.shape());
      ReluKernel.backward(input.shape().elements(), s.raw(input), s.raw(gradOutput), s.raw(grad));
      return grad;
    }
  }
}
