package dev.quern.eager;

import dev.quern.internal.arguments.Require;
import dev.quern.kernel.ReluKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.activation.Relu;
import dev.quern.tensor.Tensor;

/** Forward and backward pass of {@link Relu} on tensors. */
public final class ReluPass {
  private final Relu layer;

  ReluPass(Relu layer) {
    this.layer = layer;
  }

  /**
   * Runs the forward pass. The result has the input's shape and is allocated in the input's arena.
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
   * Returns the gradient with respect to the input. The layer's output may be passed instead of its
   * input, because both are positive at the same positions.
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
