package dev.quern.reference.layer.activation;

import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;

/**
 * Reference implementation of {@link dev.quern.layer.activation.Relu}, for arrays of any shape. As
 * in PyTorch, outputs and gradients at NaN inputs are passed through.
 */
public final class ReluReference {
  private ReluReference() {}

  /** Returns {@code max(x, 0)} of each element. */
  public static NdArray forward(NdArray input) {
    Require.present("relu", "input", input);
    NdArray output = new NdArray(input.shape());
    for (int i = 0; i < output.size(); i++) {
      output.set(i, Math.max(input.get(i), 0));
    }
    return output;
  }

  /**
   * Returns the output's gradient where the input is above 0 or NaN, and 0 elsewhere, including at
   * 0.
   */
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
