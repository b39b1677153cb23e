package dev.quern.eager;

import dev.quern.kernel.Rearrangement;
import dev.quern.kernel.ReductionAxes;
import dev.quern.kernel.Scratch;
import dev.quern.layer.math.Argmin;
import dev.quern.layer.math.Extremum;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/** Forward and backward pass of {@link Extremum} (argmax, argmin) on tensors. */
public final class ExtremumPass {
  private final Extremum layer;

  ExtremumPass(Extremum layer) {
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
    Shape out = layer.outputShape(in.sample());
    long[] strides = Rearrangement.strides(in.sample());
    try (Scratch s = new Scratch(input)) {
      Tensor output = input.arena().tensor(out.batch(in.dim(0)));
      of(in.sample())
          .places(
              layer instanceof Argmin,
              layer.selectLast(),
              in.dim(0),
              strides,
              Rearrangement.strides(out))
          .forward(s.raw(input), s.raw(output));
      return output;
    }
  }

  /**
   * Returns the gradient with respect to the input, which is zero everywhere.
   *
   * @return a tensor with the input's shape, in the input's arena
   */
  public Tensor backward(Tensor input, Tensor gradOutput) {
    TensorChecks.batched(layer.type(), input);
    Shape in = input.shape();
    TensorChecks.shape(
        layer.type(), "grad_output", gradOutput, layer.outputShape(in.sample()).batch(in.dim(0)));
    return input.arena().tensor(in);
  }

  private ReductionAxes of(Shape sample) {
    return ReductionAxes.of(layer.type(), sample, List.of(layer.axis()), layer.keepDim());
  }
}
