package dev.quern.eager;

import dev.quern.kernel.LayerNormKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.RmsNorm;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.DoublePointer;

/**
 * Forward and backward pass of layer normalization and root mean square layer normalization.
 *
 * @param shape the normalized shape
 * @param rms whether no mean is subtracted
 */
record RowNorm(Layer layer, Shape shape, float eps, boolean weight, boolean bias, boolean rms) {
  static RowNorm of(LayerNorm l) {
    return new RowNorm(l, l.normalizedShape(), l.eps(), l.elementwiseAffine(), l.bias(), false);
  }

  static RowNorm of(RmsNorm l) {
    return new RowNorm(l, l.normalizedShape(), l.eps(), l.elementwiseAffine(), false, true);
  }

  Tensor forward(Tensor input, Tensor weightOrNull, Tensor biasOrNull) {
    check(input, weightOrNull);
    TensorChecks.optional(layer.type(), "bias", biasOrNull, bias, shape);
    try (Scratch s = new Scratch(input, weightOrNull, biasOrNull)) {
      Tensor output = input.arena().tensor(input.shape());
      LayerNormKernel kernel = kernel(s, input);
      forward(s, kernel, input, weightOrNull, biasOrNull, output);
      return output;
    }
  }

  NormGradients backward(Tensor input, Tensor weightOrNull, Tensor gradOutput) {
    check(input, weightOrNull);
    TensorChecks.shape(layer.type(), "grad_output", gradOutput, input.shape());
    try (Scratch s = new Scratch(input, weightOrNull, gradOutput)) {
      Arena arena = input.arena();
      Tensor diff = arena.tensor(input.shape());
      LayerNormKernel kernel = kernel(s, input);
      // recomputes the statistics; the output is overwritten later
      DoublePointer saved = forward(s, kernel, input, weightOrNull, null, diff);
      Tensor weightGrad = weight ? arena.tensor(shape) : null;
      Tensor biasGrad = bias ? arena.tensor(shape) : null;
      kernel.backward(
          s.raw(input),
          s.raw(gradOutput),
          s.raw(weightOrNull),
          saved,
          s.raw(diff),
          s.raw(weightGrad),
          s.raw(biasGrad));
      return new NormGradients(diff, weightGrad, biasGrad);
    }
  }

  private void check(Tensor input, Tensor weightOrNull) {
    TensorChecks.batched(layer.type(), input);
    layer.outputShape(input.shape().sample());
    TensorChecks.optional(layer.type(), "weight", weightOrNull, weight, shape);
  }

  private LayerNormKernel kernel(Scratch s, Tensor input) {
    return new LayerNormKernel(s.descriptor(), rows(input.shape()), shape.elements(), eps, rms);
  }

  private long rows(Shape input) {
    return input.elements() / shape.elements();
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
