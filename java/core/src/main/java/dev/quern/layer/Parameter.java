package dev.quern.layer;

import dev.quern.tensor.Shape;

/**
 * A trainable tensor of a layer.
 *
 * @param name the name within the layer, for example "weight" or "bias"
 * @param shape the shape, OIHW for convolutions, [out, in] for linear layers, [out] for biases
 * @param fanIn the number of inputs per output, used by initializers; 0 for a tensor with a
 *     constant initial value
 * @param constant the initial value of all elements if fanIn is 0
 */
public record Parameter(String name, Shape shape, long fanIn, float constant) {
  public Parameter(String name, Shape shape, long fanIn) {
    this(name, shape, fanIn, 0);
  }
}
