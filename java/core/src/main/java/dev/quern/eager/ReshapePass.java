package dev.quern.eager;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.shape.Reshape;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;

/** Forward and backward pass of {@link Reshape} on tensors. */
public final class ReshapePass {
  private final Reshape layer;

  ReshapePass(Reshape layer) {
    this.layer = layer;
  }

  /**
   * Reshapes a tensor; the result has the same values in the same order as the input.
   *
   * @param input {@code [N, ...]}
   * @return {@code [N, shape]}, in the input's arena
   */
  public Tensor forward(Tensor input) {
    TensorChecks.batched("reshape", input);
    return input.arena().tensor(output(input.shape()), input.toArray());
  }

  /**
   * Returns the gradient with respect to an input of shape {@code input}, {@code [N, ...]}.
   *
   * @return a tensor with the input's shape, in gradOutput's arena
   */
  public Tensor backward(Tensor gradOutput, Shape input) {
    TensorChecks.batched("reshape", Require.present("reshape", "input", input));
    TensorChecks.shape("reshape", "grad_output", gradOutput, output(input));
    return gradOutput.arena().tensor(input, gradOutput.toArray());
  }

  private Shape output(Shape in) {
    return layer.outputShape(in.sample()).batch(in.dim(0));
  }
}
