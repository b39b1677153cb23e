package dev.quern.eager;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.Flatten;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;

/** Forward and backward pass of {@link Flatten} on tensors. */
public final class FlattenPass {
  private final Flatten layer;

  FlattenPass(Flatten layer) {
    this.layer = layer;
  }

  /**
   * Flattens {@code [N, ...]} to {@code [N, features]}. The result has the same values in the same
   * order as the input, and is in the input's arena.
   */
  public Tensor forward(Tensor input) {
    TensorChecks.batched("flatten", input);
    return input.arena().tensor(output(input.shape()), input.toArray());
  }

  /**
   * Returns the gradient with respect to an input of shape {@code input}, in gradOutput's arena.
   */
  public Tensor backward(Tensor gradOutput, Shape input) {
    Require.present("flatten", "input", input);
    TensorChecks.shape("flatten", "grad_output", gradOutput, output(input));
    return gradOutput.arena().tensor(input, gradOutput.toArray());
  }

  private Shape output(Shape in) {
    return layer.outputShape(in.sample()).batch(in.dim(0));
  }
}
