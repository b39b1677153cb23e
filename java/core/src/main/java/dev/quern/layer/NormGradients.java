package dev.quern.layer;

import dev.quern.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What the backward pass of a normalisation of single samples returns.
 *
 * @param input of the input's shape
 * @param weight of the weight's shape, or null where the layer has none
 * @param bias of the bias's shape, or null where the layer has none
 */
public record NormGradients(Tensor input, @Nullable Tensor weight, @Nullable Tensor bias) {}
