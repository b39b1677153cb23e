package dev.quern.layer;

import dev.quern.Shape;

/**
 * A trainable tensor of a layer.
 *
 * @param name "weight" or "bias"
 * @param shape OIHW for convolutions, [out, in] for linear layers, [out] for biases
 * @param fanIn inputs that meet in one output; initialisers scale by it
 */
public record Parameter(String name, Shape shape, long fanIn) {}
