package dev.quern.layer;

import dev.quern.tensor.Shape;

/**
 * A tensor that a layer keeps but no gradient changes.
 *
 * @param name for example "running_mean"
 * @param initial the value that all its elements start with
 */
public record Buffer(String name, Shape shape, float initial) {}
