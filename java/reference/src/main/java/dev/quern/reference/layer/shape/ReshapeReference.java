package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.Reshape;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;

/** Reference implementation of {@link Reshape}: changes the shape of {@code [N, ...]} after N. */
public final class ReshapeReference {
  private ReshapeReference() {}

  public static NdArray forward(Reshape layer, NdArray input) {
    Require.present("reshape", "layer, input", layer, input);
    return input.copy().reshape(Checks.batchOutput(layer, input.shape()));
  }

  /** Returns the output's gradient, reshaped to {@code inputShape}. */
  public static NdArray backward(Reshape layer, NdArray gradOutput, Shape inputShape) {
    Require.present("reshape", "layer, inputShape", layer, inputShape);
    Shape out = Checks.batchOutput(layer, inputShape);
    Checks.shape("reshape", "grad_output", gradOutput, out);
    return gradOutput.copy().reshape(inputShape);
  }
}
