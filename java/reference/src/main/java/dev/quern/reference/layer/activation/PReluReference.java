package dev.quern.reference.layer.activation;

import dev.quern.layer.activation.PRelu;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.layer.NormGradients;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link PRelu}: x if x is above 0, otherwise weight times x; the
 * channels are axis 1.
 */
public final class PReluReference {
  private PReluReference() {}

  /** Returns the output for a weight of shape {@code [numParameters]}. */
  public static NdArray forward(PRelu layer, NdArray input, NdArray weight) {
    check(layer, input, weight);
    NdArray output = new NdArray(input.shape());
    for (int i = 0; i < input.size(); i++) {
      double x = input.get(i);
      output.set(i, x > 0 ? x : weight.get(index(layer, input, i)) * x);
    }
    return output;
  }

  /** Returns the gradients with respect to input and weight. */
  public static NormGradients backward(
      PRelu layer, NdArray input, NdArray weight, NdArray gradOutput) {
    check(layer, input, weight);
    Checks.shape("prelu", "grad_output", gradOutput, input.shape());
    NdArray gradInput = new NdArray(input.shape());
    NdArray gradWeight = new NdArray(weight.shape());
    for (int i = 0; i < input.size(); i++) {
      double x = input.get(i);
      double dy = gradOutput.get(i);
      int at = index(layer, input, i);
      gradInput.set(i, x > 0 ? dy : weight.get(at) * dy);
      gradWeight.add(at, x > 0 ? 0 : x * dy);
    }
    return new NormGradients(gradInput, gradWeight, null);
  }

  /** Returns the index of the weight that element {@code i} is multiplied by. */
  private static int index(PRelu layer, NdArray input, int i) {
    if (layer.numParameters() == 1) {
      return 0;
    }
    int pixels = input.size() / input.dim(0) / input.dim(1);
    return i / pixels % input.dim(1);
  }

  private static void check(PRelu layer, NdArray input, NdArray weight) {
    Require.present("prelu", "layer, input", layer, input);
    Checks.batchOutput(layer, input.shape());
    Checks.shape("prelu", "weight", weight, Shape.of(layer.numParameters()));
  }
}
