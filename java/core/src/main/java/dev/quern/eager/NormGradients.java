package dev.quern.eager;

import dev.quern.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of a normalization layer.
 *
 * @param input gradient of the input, with the input's shape
 * @param weight gradient of the weight, with the weight's shape; null if the layer does not have a
 *     weight
 * @param bias gradient of the bias, with the bias's shape; null if the layer does not have a bias
 */
public record NormGradients(Tensor input, @Nullable Tensor weight, @Nullable Tensor bias) {}
