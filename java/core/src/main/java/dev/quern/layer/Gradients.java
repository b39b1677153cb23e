package dev.quern.layer;

import dev.quern.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a backward-weights pass returns.
 *
 * @param weight of the weight's shape
 * @param bias [out], or null where the layer has none
 */
public record Gradients(Tensor weight, @Nullable Tensor bias) {}
