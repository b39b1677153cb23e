package dev.quern.eager;

import dev.quern.internal.arguments.Require;
import dev.quern.kernel.GatherAxis;
import dev.quern.kernel.GatherKernel;
import dev.quern.kernel.Rearrangement;
import dev.quern.kernel.Scratch;
import dev.quern.layer.shape.Gather;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;

/** Forward and backward pass of {@link Gather} on tensors. */
public final class GatherPass {
  private final Gather layer;

  GatherPass(Gather layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, ...]}
   * @return {@code [N, ...]}, in the input's arena
   */
  public Tensor forward(Tensor input) {
    TensorChecks.batched("gather", input);
    Shape in = input.shape();
    try (Scratch s = new Scratch(input)) {
      GatherKernel kernel = kernel(s, in, false);
      Tensor output = input.arena().tensor(of(in.sample()).out().batch(in.dim(0)));
      kernel.forward(s.raw(input), s.raw(output));
      return output;
    }
  }

  /**
   * Returns the gradient with respect to an input of shape {@code input}, {@code [N, ...]}. The
   * gradient is 0 at positions that were not gathered.
   *
   * @return a tensor with the input's shape, in gradOutput's arena
   */
  public Tensor backward(Tensor gradOutput, Shape input) {
    TensorChecks.batched("gather", Require.present("gather", "input", input));
    Shape out = of(input.sample()).out().batch(input.dim(0));
    TensorChecks.shape("gather", "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(gradOutput)) {
      GatherKernel kernel = kernel(s, input, true);
      Tensor grad = gradOutput.arena().tensor(input);
      kernel.backward(s.raw(gradOutput), s.raw(grad));
      return grad;
    }
  }

  private GatherKernel kernel(Scratch s, Shape in, boolean backward) {
    GatherAxis of = of(in.sample());
    GatherKernel kernel =
        of.kernel(in.dim(0), Rearrangement.strides(in.sample()), Rearrangement.strides(of.out()));
    kernel.table(s.ints(kernel.tableSize(backward)), backward);
    return kernel;
  }

  private GatherAxis of(Shape sample) {
    return GatherAxis.of(sample, layer.axis(), layer.indices());
  }
}
