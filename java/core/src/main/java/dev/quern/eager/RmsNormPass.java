package dev.quern.eager;

import dev.quern.layer.RmsNorm;
import dev.quern.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Forward and backward pass of {@link RmsNorm} on tensors. */
public final class RmsNormPass {
  private final RowNorm norm;

  RmsNormPass(RmsNorm layer) {
    this.norm = RowNorm.of(layer);
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, ...]}; its last axes are the normalized shape
   * @param weightOrNull a tensor with the normalized shape; null if and only if {@link
   *     RmsNorm#elementwiseAffine()} is false
   * @return a tensor with the input's shape, in the input's arena
   */
  public Tensor forward(Tensor input, @Nullable Tensor weightOrNull) {
    return norm.forward(input, weightOrNull, null);
  }

  /** Returns the gradients with respect to input and weight, in the input's arena. */
  public NormGradients backward(Tensor input, @Nullable Tensor weightOrNull, Tensor gradOutput) {
    return norm.backward(input, weightOrNull, gradOutput);
  }
}
