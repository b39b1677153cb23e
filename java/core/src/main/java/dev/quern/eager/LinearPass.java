package dev.quern.eager;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.LinearKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.Linear;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Forward and backward passes of {@link Linear} on tensors. */
public final class LinearPass {
  private final Linear layer;

  LinearPass(Linear layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, ..., in]}
   * @param weight {@code [outFeatures, in]}
   * @param biasOrNull {@code [outFeatures]}; null if and only if {@link Linear#bias()} is false
   * @return {@code [N, ..., outFeatures]}, in the input's arena
   */
  public Tensor forward(Tensor input, Tensor weight, @Nullable Tensor biasOrNull) {
    TensorChecks.batched("linear", input);
    Shape in = input.shape();
    Shape out = layer.outputShape(in.sample()).batch(in.dim(0));
    TensorChecks.shape("linear", "weight", weight, Shape.of(layer.outFeatures(), last(in)));
    TensorChecks.bias("linear", biasOrNull, layer.bias(), layer.outFeatures());
    try (Scratch s = new Scratch(input, weight, biasOrNull)) {
      Tensor output = input.arena().tensor(out);
      kernel(s, in).forward(s.raw(input), s.raw(weight), s.raw(biasOrNull), s.raw(output));
      return output;
    }
  }

  /**
   * Returns the gradient with respect to the input, {@code [N, ..., in]}, in gradOutput's arena.
   */
  public Tensor backwardData(Tensor gradOutput, Tensor weight) {
    TensorChecks.batched("linear", "grad_output", gradOutput);
    Shape w = TensorChecks.rows("linear", "weight", weight);
    long[] dims = gradOutput.shape().toArray();
    dims[dims.length - 1] = layer.outFeatures();
    TensorChecks.shape("linear", "grad_output", gradOutput, Shape.of(dims));
    TensorChecks.shape("linear", "weight", weight, Shape.of(layer.outFeatures(), w.dim(1)));
    dims[dims.length - 1] = w.dim(1);
    Shape in = Shape.of(dims);
    try (Scratch s = new Scratch(gradOutput, weight)) {
      Tensor grad = gradOutput.arena().tensor(in);
      kernel(s, in).backwardData(s.raw(gradOutput), s.raw(weight), s.raw(grad));
      return grad;
    }
  }

  /**
   * Returns the gradients with respect to weight and bias, summed over all rows, in the input's
   * arena.
   */
  public Gradients backwardWeights(Tensor input, Tensor gradOutput) {
    TensorChecks.batched("linear", input);
    Shape in = input.shape();
    Shape out = layer.outputShape(in.sample()).batch(in.dim(0));
    TensorChecks.shape("linear", "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(input, gradOutput)) {
      LinearKernel kernel = kernel(s, in);
      OffHeap workspace = s.block(kernel.workspaceBytes());
      Tensor weight = input.arena().tensor(Shape.of(layer.outFeatures(), last(in)));
      Tensor biasOrNull = layer.bias() ? input.arena().tensor(Shape.of(layer.outFeatures())) : null;
      kernel.backwardWeights(
          s.raw(input),
          s.raw(gradOutput),
          s.raw(weight),
          s.raw(biasOrNull),
          workspace.pointer(0),
          workspace.bytes());
      return new Gradients(weight, biasOrNull);
    }
  }

  private static long last(Shape shape) {
    return shape.dim(shape.rank() - 1);
  }

  /** Returns a kernel whose batch is all rows of the input. */
  private LinearKernel kernel(Scratch s, Shape in) {
    long rows = in.elements() / Math.max(1, last(in));
    return new LinearKernel(s.descriptor(), rows, last(in), layer.outFeatures(), 1, true);
  }
}
