package dev.quern.reference.layer;

import dev.quern.reference.NdArray;
import org.jspecify.annotations.Nullable;

/** Gradients of a normalization; those of weight and bias are null where it has none. */
public record NormGradients(NdArray input, @Nullable NdArray weight, @Nullable NdArray bias) {}
