package dev.quern.reference.layer;

import dev.quern.layer.GroupNorm;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Reference implementation of {@link GroupNorm} on {@code [N, C, H, W]} and {@code [N, C]}; weight
 * and bias are {@code [C]}, or null if the layer is not affine.
 */
public final class GroupNormReference {
  private GroupNormReference() {}

  public static NdArray forward(
      GroupNorm layer,
      NdArray input,
      @Nullable NdArray weightOrNull,
      @Nullable NdArray biasOrNull) {
    Require.present("group_norm", "layer, input", layer, input);
    check(layer, input, weightOrNull);
    Checks.optional("group_norm", "bias", layer.affine(), biasOrNull, channels(input));
    return rows(layer, input).forward(input, weightOrNull, biasOrNull);
  }

  public static NormGradients backward(
      GroupNorm layer, NdArray input, @Nullable NdArray weightOrNull, NdArray gradOutput) {
    Require.present("group_norm", "layer, input", layer, input);
    check(layer, input, weightOrNull);
    Checks.shape("group_norm", "grad_output", gradOutput, input.shape());
    return rows(layer, input).backward(input, weightOrNull, layer.affine(), gradOutput);
  }

  private static Shape channels(NdArray input) {
    return Shape.of(input.dim(1));
  }

  private static void check(GroupNorm layer, NdArray input, NdArray weightOrNull) {
    Checks.batchOutput(layer, input.shape());
    Checks.optional("group_norm", "weight", layer.affine(), weightOrNull, channels(input));
  }

  private static NormRows rows(GroupNorm layer, NdArray input) {
    int channels = input.dim(1);
    int plane = input.size() / input.dim(0) / channels;
    return new NormRows(
        channels / layer.numGroups() * plane, layer.eps(), i -> i / plane % channels, false);
  }
}
