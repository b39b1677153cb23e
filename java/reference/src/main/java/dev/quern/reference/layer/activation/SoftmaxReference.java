package dev.quern.reference.layer.activation;

import dev.quern.layer.activation.Softmax;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;

/**
 * Reference implementation of {@link Softmax}: {@code p_c = exp(x_c) / sum_k exp(x_k)} over axis 1
 * of {@code [N, C]} or {@code [N, C, H, W]}. The largest x is subtracted first, so that no
 * exponential overflows.
 */
public final class SoftmaxReference {
  private SoftmaxReference() {}

  /** Returns the probabilities, which have the input's shape. */
  public static NdArray forward(NdArray input) {
    Require.present("softmax", "input", input);
    NdArray output = new NdArray(Checks.batchOutput(new Softmax(), input.shape()));
    int classes = input.dim(1);
    int inner = inner(input);
    for (int outer = 0; outer < input.dim(0); outer++) {
      for (int position = 0; position < inner; position++) {
        int first = outer * classes * inner + position;
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
          max = Math.max(max, input.get(first + c * inner));
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
          double e = Math.exp(input.get(first + c * inner) - max);
          output.set(first + c * inner, e);
          sum += e;
        }
        for (int c = 0; c < classes; c++) {
          output.set(first + c * inner, output.get(first + c * inner) / sum);
        }
      }
    }
    return output;
  }

  /**
   * Returns the gradient with respect to the input, from the forward pass's output: {@code dx_c =
   * p_c (dp_c - sum_k dp_k p_k)}.
   */
  public static NdArray backward(NdArray output, NdArray gradOutput) {
    Require.present("softmax", "output", output);
    Checks.shape("softmax", "grad_output", gradOutput, output.shape());
    NdArray gradInput = new NdArray(Checks.batchOutput(new Softmax(), output.shape()));
    int classes = output.dim(1);
    int inner = inner(output);
    for (int outer = 0; outer < output.dim(0); outer++) {
      for (int position = 0; position < inner; position++) {
        int first = outer * classes * inner + position;
        double dot = 0;
        for (int c = 0; c < classes; c++) {
          dot += gradOutput.get(first + c * inner) * output.get(first + c * inner);
        }
        for (int c = 0; c < classes; c++) {
          int i = first + c * inner;
          gradInput.set(i, output.get(i) * (gradOutput.get(i) - dot));
        }
      }
    }
    return gradInput;
  }

  /** Returns the distance between neighbors along axis 1 in row-major order. */
  static int inner(NdArray array) {
    return array.rank() == 4 ? array.dim(2) * array.dim(3) : 1;
  }
}
