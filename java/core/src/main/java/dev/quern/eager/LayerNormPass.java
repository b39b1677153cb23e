package dev.quern.eager;

import dev.quern.kernel.LayerNormKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.LayerNorm;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.DoublePointer;
import org.jspecify.annotations.Nullable;

/** Forward and backward pass of {@link LayerNorm} on tensors. */
public final class LayerNormPass {
  private final LayerNorm layer;

  LayerNormPass(LayerNorm layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, ...]}; its last axes are the normalized shape
   * @param weightOrNull a tensor with the normalized shape; null if and only if {@link
   *     LayerNorm#elementwiseAffine()} is false
   * @param biasOrNull a tensor with the normalized shape; null if and only if {@link
   *     LayerNorm#bias()} is false
   * @return a tensor with the input's shape, in the input's arena
   */
  public Tensor forward(Tensor input, @Nullable Tensor weightOrNull, @Nullable Tensor biasOrNull) {
    check(input, weightOrNull);
    TensorChecks.optional("layer_norm", "bias", biasOrNull, layer.bias(), layer.normalizedShape());
    try (Scratch s = new Scratch(input, weightOrNull, biasOrNull)) {
      Tensor output = input.arena().tensor(input.shape());
      LayerNormKernel kernel = kernel(s, input);
      forward(s, kernel, input, weightOrNull, biasOrNull, output);
      return output;
    }
  }

  /** Returns the gradients with respect to input, weight and bias, in the input's arena. */
  public NormGradients backward(Tensor input, @Nullable Tensor weightOrNull, Tensor gradOutput) {
    check(input, weightOrNull);
    TensorChecks.shape("layer_norm", "grad_output", gradOutput, input.shape());
    try (Scratch s = new Scratch(input, weightOrNull, gradOutput)) {
      Arena arena = input.arena();
      Tensor diff = arena.tensor(input.shape());
      LayerNormKernel kernel = kernel(s, input);
      // recomputes the statistics; the output is overwritten later
      DoublePointer saved = forward(s, kernel, input, weightOrNull, null, diff);
      Tensor weight = layer.elementwiseAffine() ? arena.tensor(layer.normalizedShape()) : null;
      Tensor biasGrad = layer.bias() ? arena.tensor(layer.normalizedShape()) : null;
      kernel.backward(
          s.raw(input),
          s.raw(gradOutput),
          s.raw(weightOrNull),
          saved,
          s.raw(diff),
          s.raw(weight),
          s.raw(biasGrad));
      return new NormGradients(diff, weight, biasGrad);
    }
  }

  private void check(Tensor input, Tensor weightOrNull) {
    TensorChecks.batched("layer_norm", input);
    layer.outputShape(input.shape().sample());
    TensorChecks.optional(
        "layer_norm", "weight", weightOrNull, layer.elementwiseAffine(), layer.normalizedShape());
  }

  private LayerNormKernel kernel(Scratch s, Tensor input) {
    return new LayerNormKernel(
        s.descriptor(), rows(input.shape()), layer.normalizedShape().elements(), layer.eps());
  }

  private long rows(Shape input) {
    return input.elements() / layer.normalizedShape().elements();
  }

  /** Fills the output and returns the statistics of the input's rows. */
  private DoublePointer forward(
      Scratch s,
      LayerNormKernel kernel,
      Tensor input,
      Tensor weightOrNull,
      Tensor biasOrNull,
      Tensor output) {
    DoublePointer saved = s.block(Math.multiplyExact(rows(input.shape()), 16L)).doubles(0);
    kernel.forward(s.raw(input), s.raw(weightOrNull), s.raw(biasOrNull), s.raw(output), saved);
    return saved;
  }
}
