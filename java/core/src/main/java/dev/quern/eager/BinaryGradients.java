package dev.quern.eager;

import dev.quern.tensor.Tensor;

/**
 * Gradients with respect to the inputs of a layer with two inputs.
 *
 * @param input gradient with respect to the first input
 * @param other gradient with respect to the second input
 */
public record BinaryGradients(Tensor input, Tensor other) {}
