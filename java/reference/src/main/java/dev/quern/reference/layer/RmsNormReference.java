package dev.quern.reference.layer;

import dev.quern.layer.RmsNorm;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import org.jspecify.annotations.Nullable;

/**
 * Reference implementation of {@link RmsNorm} on {@code [N, ...]}; the weight has the normalized
 * shape, or is null if the layer does not have it.
 */
public final class RmsNormReference {
  private RmsNormReference() {}

  public static NdArray forward(RmsNorm layer, NdArray input, @Nullable NdArray weightOrNull) {
    check(layer, input, weightOrNull);
    return rows(layer).forward(input, weightOrNull, null);
  }

  public static NormGradients backward(
      RmsNorm layer, NdArray input, @Nullable NdArray weightOrNull, NdArray gradOutput) {
    check(layer, input, weightOrNull);
    Checks.shape("rms_norm", "grad_output", gradOutput, input.shape());
    return rows(layer).backward(input, weightOrNull, false, gradOutput);
  }

  private static void check(RmsNorm layer, NdArray input, NdArray weightOrNull) {
    Require.present("rms_norm", "layer, input", layer, input);
    Checks.batchOutput(layer, input.shape());
    Checks.optional(
        "rms_norm", "weight", layer.elementwiseAffine(), weightOrNull, layer.normalizedShape());
  }

  private static NormRows rows(RmsNorm layer) {
    int length = Checks.length("rms_norm", layer.normalizedShape());
    return new NormRows(length, layer.eps(), i -> i % length, true);
  }
}
