package dev.quern.eager;

import dev.quern.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Gradients with respect to the weight and bias of a layer.
 *
 * @param weight gradient of the weight, with the weight's shape
 * @param bias gradient of the bias, {@code [out]}; null if the layer does not have a bias
 */
public record Gradients(Tensor weight, @Nullable Tensor bias) {}
