package dev.quern.eager;

import dev.quern.layer.LayerNorm;
import dev.quern.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Forward and backward pass of {@link LayerNorm} on tensors. */
public final class LayerNormPass {
  private final RowNorm norm;

  LayerNormPass(LayerNorm layer) {
    this.norm = RowNorm.of(layer);
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
    return norm.forward(input, weightOrNull, biasOrNull);
  }

  /** Returns the gradients with respect to input, weight and bias, in the input's arena. */
  public NormGradients backward(Tensor input, @Nullable Tensor weightOrNull, Tensor gradOutput) {
    return norm.backward(input, weightOrNull, gradOutput);
  }
}
