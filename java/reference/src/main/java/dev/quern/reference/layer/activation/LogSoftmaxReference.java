package dev.quern.reference.layer.activation;

import dev.quern.layer.activation.LogSoftmax;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;

/**
 * Reference implementation of {@link LogSoftmax}: {@code y_c = x_c - log(sum_k exp(x_k))} over axis
 * 1 of {@code [N, C]} or {@code [N, C, H, W]}. The largest x is subtracted first, so that no
 * exponential overflows. The exponential of the largest x is then 1; it is kept out of the sum and
 * added by log1p, which is accurate for probabilities near 1.
 */
public final class LogSoftmaxReference {
  private LogSoftmaxReference() {}

  /** Returns the log-probabilities, which have the input's shape. */
  public static NdArray forward(NdArray input) {
    Require.present("log_softmax", "input", input);
    NdArray output = new NdArray(Checks.batchOutput(new LogSoftmax(), input.shape()));
    int classes = input.dim(1);
    int inner = SoftmaxReference.inner(input);
    for (int row = 0; row < input.size() / classes; row++) {
      int first = row / inner * classes * inner + row % inner;
      int largest = 0;
      for (int c = 1; c < classes; c++) {
        double x = input.get(first + c * inner);
        largest = x > input.get(first + largest * inner) || Double.isNaN(x) ? c : largest;
      }
      double max = input.get(first + largest * inner);
      double others = max - max; // 0, or NaN if the maximum is infinite, as are all outputs
      for (int c = 0; c < classes; c++) {
        others += c == largest ? 0 : Math.exp(input.get(first + c * inner) - max);
      }
      for (int c = 0; c < classes; c++) {
        output.set(first + c * inner, input.get(first + c * inner) - max - Math.log1p(others));
      }
    }
    return output;
  }

  /**
   * Returns the gradient with respect to the input, from the forward pass's output: {@code dx_c =
   * dy_c - exp(y_c) sum_k dy_k}.
   */
  public static NdArray backward(NdArray output, NdArray gradOutput) {
    Require.present("log_softmax", "output", output);
    Checks.shape("log_softmax", "grad_output", gradOutput, output.shape());
    NdArray gradInput = new NdArray(Checks.batchOutput(new LogSoftmax(), output.shape()));
    int classes = output.dim(1);
    int inner = SoftmaxReference.inner(output);
    for (int row = 0; row < output.size() / classes; row++) {
      int first = row / inner * classes * inner + row % inner;
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += gradOutput.get(first + c * inner);
      }
      for (int c = 0; c < classes; c++) {
        int i = first + c * inner;
        gradInput.set(i, gradOutput.get(i) - Math.exp(output.get(i)) * sum);
      }
    }
    return gradInput;
  }
}
