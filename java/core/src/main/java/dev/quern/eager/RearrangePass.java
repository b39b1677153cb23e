package dev.quern.eager;

import dev.quern.internal.arguments.Require;
import dev.quern.kernel.Rearrangement;
import dev.quern.kernel.Scratch;
import dev.quern.layer.Layer;
import dev.quern.layer.shape.Permute;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.function.Function;

/**
 * Forward and backward pass, on tensors, of layers that only reorder or select elements, such as
 * {@link Permute}.
 */
public final class RearrangePass {
  private final String op;

  /** Creates the rearrangement for a sample shape of the input. */
  private final Function<Shape, Rearrangement> of;

  RearrangePass(Layer layer, Function<Shape, Rearrangement> of) {
    op = layer.type();
    this.of = of;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, ...]}
   * @return {@code [N, ...]}, in the input's arena
   */
  public Tensor forward(Tensor input) {
    TensorChecks.batched(op, input);
    Shape in = input.shape();
    Rearrangement r = of.apply(in.sample());
    long[] strides = Rearrangement.strides(in.sample());
    try (Scratch s = new Scratch(input)) {
      Tensor output = input.arena().tensor(r.out().batch(in.dim(0)));
      r.kernel(in.dim(0), strides, Rearrangement.strides(r.out()))
          .forward(s.raw(input).getPointer(r.first(strides)), s.raw(output));
      return output;
    }
  }

  /**
   * Returns the gradient with respect to an input of shape {@code input}, {@code [N, ...]}. The
   * gradient is 0 at positions that the output does not contain.
   *
   * @return a tensor with the input's shape, in gradOutput's arena
   */
  public Tensor backward(Tensor gradOutput, Shape input) {
    Require.present(op, "input", input);
    TensorChecks.batched(op, input);
    Rearrangement r = of.apply(input.sample());
    TensorChecks.shape(op, "grad_output", gradOutput, r.out().batch(input.dim(0)));
    long[] strides = Rearrangement.strides(input.sample());
    try (Scratch s = new Scratch(gradOutput)) {
      Tensor grad = gradOutput.arena().tensor(input); // zeros
      r.kernel(input.dim(0), strides, Rearrangement.strides(r.out()))
          .backward(s.raw(gradOutput), s.raw(grad).getPointer(r.first(strides)));
      return grad;
    }
  }
}
