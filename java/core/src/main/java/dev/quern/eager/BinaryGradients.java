package dev.quern.eager;

import dev.quern.tensor.Tensor;

/** Gradients of a backward pass of a layer of two inputs: of the first and of the other. */
public record BinaryGradients(Tensor input, Tensor other) {}
