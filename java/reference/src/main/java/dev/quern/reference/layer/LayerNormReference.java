package dev.quern.reference.layer;

import dev.quern.layer.LayerNorm;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import org.jspecify.annotations.Nullable;

/**
 * Reference implementation of {@link LayerNorm} on {@code [N, ...]}; weight and bias have the
 * normalized shape, or are null if the layer does not have these parameters.
 */
public final class LayerNormReference {
  private LayerNormReference() {}

  public static NdArray forward(
      LayerNorm layer,
      NdArray input,
      @Nullable NdArray weightOrNull,
      @Nullable NdArray biasOrNull) {
    Require.present("layer_norm", "layer, input", layer, input);
    check(layer, input, weightOrNull);
    Checks.optional("layer_norm", "bias", layer.bias(), biasOrNull, layer.normalizedShape());
    return rows(layer).forward(input, weightOrNull, biasOrNull);
  }

  public static NormGradients backward(
      LayerNorm layer, NdArray input, @Nullable NdArray weightOrNull, NdArray gradOutput) {
    Require.present("layer_norm", "layer, input", layer, input);
    check(layer, input, weightOrNull);
    Checks.shape("layer_norm", "grad_output", gradOutput, input.shape());
    return rows(layer).backward(input, weightOrNull, layer.bias(), gradOutput);
  }

  private static void check(LayerNorm layer, NdArray input, NdArray weightOrNull) {
    Checks.batchOutput(layer, input.shape());
    Checks.optional(
        "layer_norm", "weight", layer.elementwiseAffine(), weightOrNull, layer.normalizedShape());
  }

  private static NormRows rows(LayerNorm layer) {
    int length = Checks.length("layer_norm", layer.normalizedShape());
    return new NormRows(length, layer.eps(), i -> i % length, false);
  }
}
