package dev.quern.eager;

import dev.quern.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of a backward-weights pass.
 *
 * @param weight of the weight's shape
 * @param bias [out], or null where the layer has none
 */
public record Gradients(Tensor weight, @Nullable Tensor bias) {}
