package dev.quern.layer;

import dev.quern.tensor.Shape;

/**
 * A non-trainable tensor of a layer, such as a running mean: PyTorch's buffer.
 *
 * @param name for example "running_mean"
 * @param initial the initial value of all elements
 */
public record Buffer(String name, Shape shape, float initial) {}
