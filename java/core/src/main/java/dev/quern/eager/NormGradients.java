package dev.quern.eager;

import dev.quern.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of a backward pass of a normalization.
 *
 * @param input of the input's shape
 * @param weight of the weight's shape, or null where the layer has none
 * @param bias of the bias's shape, or null where the layer has none
 */
public record NormGradients(Tensor input, @Nullable Tensor weight, @Nullable Tensor bias) {}
