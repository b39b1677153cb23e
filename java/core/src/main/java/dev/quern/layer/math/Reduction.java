package dev.quern.layer.math;

import dev.quern.kernel.Rearrangement;
import dev.quern.kernel.ReductionAxes;
import dev.quern.kernel.ReductionKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.Layer;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/**
 * Many numbers to one, over axes of a sample: {@code new Sum(1, 2)} makes {@code [C]} of an image
 * {@code [C, H, W]}, or {@code [C, 1, 1]} where dimensions are kept. Over all axes it makes {@code
 * [1]}. Sums and products are double inside. A NaN makes its output NaN.
 */
public sealed interface Reduction extends Layer permits Amax, Amin, Mean, Prod, Sum {
  /** The axes that go, without the batch, from 0; negative from the last; at least one. */
  List<Integer> axes();

  /** Whether these axes stay, of size 1. */
  boolean keepDims();

  @Override
  default Shape outputShape(Shape input) {
    return of(Checks.any(type(), input)).out();
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, ...]}
   * @return {@code [N, ...]}, in the input's arena
   */
  default Tensor forward(Tensor input) {
    Checks.batched(type(), input);
    Shape in = input.shape();
    try (Scratch s = new Scratch(input)) {
      Tensor output = input.arena().tensor(outputShape(in.sample()).batch(in.dim(0)));
      kernel(in).forward(s.raw(input), s.raw(output));
      return output;
    }
  }

  /**
   * The gradient with respect to the input, {@code [N, ...]}.
   *
   * @return of the input's shape, in its arena
   */
  default Tensor backward(Tensor input, Tensor gradOutput) {
    Checks.batched(type(), input);
    Shape in = input.shape();
    Shape out = outputShape(in.sample()).batch(in.dim(0));
    Checks.shape(type(), "grad_output", gradOutput, out);
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
    return ReductionAxes.of(type(), sample, axes(), keepDims());
  }

  private ReductionKernel kernel(Shape in) {
    ReductionAxes of = of(in.sample());
    return of.kernel(
        type(), in.dim(0), Rearrangement.strides(in.sample()), Rearrangement.strides(of.out()));
  }
}
