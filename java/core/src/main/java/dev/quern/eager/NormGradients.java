package dev.quern.eager;

import dev.quern.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of a normalization layer.
 *
 * @param input gradient with the input's shape
 * @param weight gradient with the weight's shape; null if the layer has no weight
 * @param bias gradient with the bias's shape; null if the layer has no bias
 */
public record NormGradients(Tensor input, @Nullable Tensor weight, @Nullable Tensor bias) {}
