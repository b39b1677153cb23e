package dev.quern.layer;

import dev.quern.tensor.Shape;

/**
 * A trainable tensor of a layer.
 *
 * @param name "weight" or "bias"
 * @param shape OIHW for convolutions, [out, in] for linear layers, [out] for biases
 * @param fanIn inputs that meet in one output, by which initializers scale; 0 for a tensor that
 *     starts constant
 * @param constant the first value of all elements where fanIn is 0
 */
public record Parameter(String name, Shape shape, long fanIn, float constant) {
  public Parameter(String name, Shape shape, long fanIn) {
    this(name, shape, fanIn, 0);
  }
}
