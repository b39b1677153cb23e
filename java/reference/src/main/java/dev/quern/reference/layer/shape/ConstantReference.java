package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.Constant;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link Constant}: outputs the same values for each sample of {@code
 * [N, ...]}.
 */
public final class ConstantReference {
  private ConstantReference() {}

  public static NdArray forward(Constant layer, NdArray input) {
    Require.present("constant", "layer, input", layer, input);
    NdArray output = new NdArray(Checks.batchOutput(layer, input.shape()));
    float[] values = layer.values();
    for (int i = 0; i < output.size(); i++) {
      output.set(i, values[i % values.length]);
    }
    return output;
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}: zeros. */
  public static NdArray backward(Constant layer, NdArray gradOutput, Shape inputShape) {
    Require.present("constant", "layer, inputShape", layer, inputShape);
    Checks.shape("constant", "grad_output", gradOutput, Checks.batchOutput(layer, inputShape));
    return new NdArray(inputShape);
  }
}
