package dev.quern.layer;

import dev.quern.tensor.Shape;

/**
 * A buffer, as in PyTorch: a non-trainable tensor of a layer, such as a running mean.
 *
 * @param name the name within the layer, for example "running_mean"
 * @param initial the initial value of all elements
 */
public record Buffer(String name, Shape shape, float initial) {}
