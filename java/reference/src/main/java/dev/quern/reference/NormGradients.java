package dev.quern.reference;

/** Gradients of a normalisation; those of weight and bias are null where it has none. */
public record NormGradients(NdArray input, NdArray weight, NdArray bias) {}
