package dev.quern.eager;

import dev.quern.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Gradients with respect to the weights of a layer.
 *
 * @param weight gradient with the weight's shape
 * @param bias gradient {@code [out]}; null if the layer has no bias
 */
public record Gradients(Tensor weight, @Nullable Tensor bias) {}
