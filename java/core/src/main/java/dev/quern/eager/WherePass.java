package dev.quern.eager;

import dev.quern.internal.arguments.Require;
import dev.quern.kernel.BinaryKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.math.Where;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;

/** Forward and backward pass of {@link Where} on tensors. */
public final class WherePass {
  private final Where layer;

  WherePass(Where layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param condition {@code [N, ...]}; all three tensors are broadcast to a common shape
   * @param input the values for elements whose condition is not 0
   * @param other the values for all other elements
   * @return a tensor with the largest size along each axis, in the input's arena
   */
  public Tensor forward(Tensor condition, Tensor input, Tensor other) {
    Shape out = check(condition, input, other);
    try (Scratch s = new Scratch(condition, input, other)) {
      Tensor output = input.arena().tensor(out);
      BinaryPass.broadcast(BinaryKernel.WHEN, condition.shape(), input.shape(), out)
          .forward(s.raw(condition), s.raw(input), s.raw(output));
      BinaryPass.broadcast(BinaryKernel.UNLESS, condition.shape(), other.shape(), out)
          .forward(s.raw(condition), s.raw(other), s.raw(output));
      return output;
    }
  }

  /** Returns the gradients with respect to input and other, in the input's arena. */
  public BinaryGradients backward(Tensor condition, Tensor input, Tensor other, Tensor gradOutput) {
    Shape out = check(condition, input, other);
    TensorChecks.shape("where", "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(condition, input, other, gradOutput)) {
      Tensor gradInput = input.arena().tensor(input.shape());
      Tensor gradOther = input.arena().tensor(other.shape());
      BinaryPass.broadcast(BinaryKernel.WHEN, condition.shape(), input.shape(), out)
          .backward(s.raw(condition), s.raw(input), s.raw(gradOutput), null, s.raw(gradInput));
      BinaryPass.broadcast(BinaryKernel.UNLESS, condition.shape(), other.shape(), out)
          .backward(s.raw(condition), s.raw(other), s.raw(gradOutput), null, s.raw(gradOther));
      return new BinaryGradients(gradInput, gradOther);
    }
  }

  private static Shape check(Tensor condition, Tensor input, Tensor other) {
    Require.present("where", "condition", condition);
    Require.present("where", "input", input);
    Require.present("where", "other", other);
    TensorChecks.batched("where", condition);
    Shape some = BinaryPass.batchOutput("where", condition.shape(), input.shape());
    return BinaryPass.batchOutput("where", some, other.shape());
  }
}
