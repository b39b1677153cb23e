package dev.quern.eager;

import dev.quern.kernel.Rearrangement;
import dev.quern.kernel.ReductionAxes;
import dev.quern.kernel.ReductionKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.math.Reduction;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;

/** Forward and backward pass of {@link Reduction} layers on tensors. */
public final class ReductionPass {
  private final Reduction layer;

  ReductionPass(Reduction layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, ...]}
   * @return {@code [N, ...]}, in the input's arena
   */
  public Tensor forward(Tensor input) {
    TensorChecks.batched(layer.type(), input);
    Shape in = input.shape();
    try (Scratch s = new Scratch(input)) {
      Tensor output = input.arena().tensor(layer.outputShape(in.sample()).batch(in.dim(0)));
      kernel(in).forward(s.raw(input), s.raw(output));
      return output;
    }
  }

  /**
   * Returns the gradient with respect to the input, {@code [N, ...]}.
   *
   * @return a tensor with the input's shape, in the input's arena
   */
  public Tensor backward(Tensor input, Tensor gradOutput) {
    TensorChecks.batched(layer.type(), input);
    Shape in = input.shape();
    Shape out = layer.outputShape(in.sample()).batch(in.dim(0));
    TensorChecks.shape(layer.type(), "grad_output", gradOutput, out);
    ReductionKernel kernel = kernel(in);
    try (Scratch s = new Scratch(input, gradOutput)) {
      var output = kernel.readsOutput() ? s.floats(out.elements()) : null;
      if (output != null) {
        kernel.forward(s.raw(input), output);
      }
      Tensor grad = input.arena().tensor(in);
      kernel.backward(s.raw(input), output, s.raw(gradOutput), s.raw(grad));
      return grad;
    }
  }

  private ReductionAxes of(Shape sample) {
    return ReductionAxes.of(layer.type(), sample, layer.axes(), layer.keepDims());
  }

  private ReductionKernel kernel(Shape in) {
    ReductionAxes of = of(in.sample());
    return of.kernel(
        layer.type(),
        in.dim(0),
        Rearrangement.strides(in.sample()),
        Rearrangement.strides(of.out()));
  }
}
