package dev.quern.eager;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.MatmulKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.math.Matmul;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/** Forward and backward pass of {@link Matmul} on tensors. */
public final class MatmulPass {
  private final Matmul layer;

  MatmulPass(Matmul layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [batch, ..., M, K]}
   * @param other {@code [batch, ..., K, N]}
   * @return {@code [batch, ..., M, N]}, in the input's arena
   */
  public Tensor forward(Tensor input, Tensor other) {
    Shape out = check(input, other);
    try (Scratch s = new Scratch(input, other)) {
      Tensor output = input.arena().tensor(out);
      kernel(s, input.shape(), out).forward(s.raw(input), s.raw(other), s.raw(output));
      return output;
    }
  }

  /** Returns the gradients with respect to both inputs, in the input's arena. */
  public BinaryGradients backward(Tensor input, Tensor other, Tensor gradOutput) {
    Shape out = check(input, other);
    TensorChecks.shape("matmul", "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(input, other, gradOutput)) {
      Tensor gradInput = input.arena().tensor(input.shape());
      Tensor gradOther = input.arena().tensor(other.shape());
      kernel(s, input.shape(), out)
          .backward(
              s.raw(input), s.raw(other), s.raw(gradOutput), s.raw(gradInput), s.raw(gradOther));
      return new BinaryGradients(gradInput, gradOther);
    }
  }

  private static MatmulKernel kernel(Scratch s, Shape in, Shape out) {
    return new MatmulKernel(s.descriptor(), in.dim(0), in.sample(), out.sample());
  }

  /** Checks the inputs and returns the output's shape. */
  private Shape check(Tensor input, Tensor other) {
    TensorChecks.batched("matmul", input);
    Shape in = input.shape();
    Shape by = Require.present("matmul", "other", other).shape();
    if (by.rank() == 0 || by.dim(0) != in.dim(0)) {
      throw new ShapeException("matmul: batch sizes of " + in + " and " + by + " differ");
    }
    return layer.outputShape(List.of(in.sample(), by.sample())).batch(in.dim(0));
  }
}
