package dev.quern.reference.layer.activation;

import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;

/**
 * Reference implementation of {@link dev.quern.layer.activation.Relu}, for arrays of any shape. NaN
 * passes both ways, as in PyTorch.
 */
public final class ReluReference {
  private ReluReference() {}

  /** {@code max(x, 0)}. */
  public static NdArray forward(NdArray input) {
    Require.present("relu", "input", input);
    NdArray output = new NdArray(input.shape());
    for (int i = 0; i < output.size(); i++) {
      output.set(i, Math.max(input.get(i), 0));
    }
    return output;
  }

  /** The output's gradient where the input is above 0 or NaN; 0 elsewhere, at 0 too. */
  public static NdArray backward(NdArray input, NdArray gradOutput) {
    Require.present("relu", "input", input);
    Checks.shape("relu", "grad_output", gradOutput, input.shape());
    NdArray gradInput = new NdArray(input.shape());
    for (int i = 0; i < gradInput.size(); i++) {
      gradInput.set(i, input.get(i) <= 0 ? 0 : gradOutput.get(i));
    }
    return gradInput;
  }
}
