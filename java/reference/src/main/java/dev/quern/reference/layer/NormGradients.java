package dev.quern.reference.layer;

import dev.quern.reference.NdArray;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of a normalization layer. The gradients of weight and bias are null if the layer does
 * not have these parameters.
 */
public record NormGradients(NdArray input, @Nullable NdArray weight, @Nullable NdArray bias) {}
