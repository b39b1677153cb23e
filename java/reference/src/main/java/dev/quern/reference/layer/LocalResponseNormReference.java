package dev.quern.reference.layer;

import dev.quern.layer.LocalResponseNorm;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;

/**
 * Reference implementation of {@link LocalResponseNorm}: {@code y_c = x_c / s_c^beta}, where {@code
 * s_c = k + alpha / size * sum of x_i^2} over the channels i in the window around c.
 */
public final class LocalResponseNormReference {
  private LocalResponseNormReference() {}

  /** Returns the output, which has the input's shape. */
  public static NdArray forward(LocalResponseNorm layer, NdArray input) {
    check(layer, input);
    NdArray output = new NdArray(input.shape());
    for (int at = 0; at < input.size(); at++) {
      output.set(at, input.get(at) * Math.pow(base(layer, input, at), -layer.beta()));
    }
    return output;
  }

  /**
   * Returns the gradient with respect to the input: {@code dx_i = dy_i / s_i^beta - 2 alpha beta /
   * size x_i * sum of dy_c x_c / s_c^(beta + 1)} over the channels c whose windows contain i.
   */
  public static NdArray backward(LocalResponseNorm layer, NdArray input, NdArray gradOutput) {
    check(layer, input);
    Checks.shape("local_response_norm", "grad_output", gradOutput, input.shape());
    NdArray gradInput = new NdArray(input.shape());
    for (int at = 0; at < input.size(); at++) {
      double base = base(layer, input, at);
      double dy = gradOutput.get(at);
      gradInput.add(at, dy * Math.pow(base, -layer.beta()));
      double ratio = dy * input.get(at) * Math.pow(base, -layer.beta() - 1.0);
      double factor = 2.0 * layer.alpha() * layer.beta() / layer.size();
      int pixels = pixels(input);
      for (int c = first(layer, input, at); c < end(layer, input, at); c++) {
        int i = at + (c - channel(input, at)) * pixels;
        gradInput.add(i, -factor * input.get(i) * ratio);
      }
    }
    return gradInput;
  }

  private static double base(LocalResponseNorm layer, NdArray input, int at) {
    double sum = 0;
    for (int c = first(layer, input, at); c < end(layer, input, at); c++) {
      double x = input.get(at + (c - channel(input, at)) * pixels(input));
      sum += x * x;
    }
    return layer.k() + (double) layer.alpha() / layer.size() * sum;
  }

  private static int first(LocalResponseNorm layer, NdArray input, int at) {
    return Math.max(channel(input, at) - (layer.size() - 1) / 2, 0);
  }

  private static int end(LocalResponseNorm layer, NdArray input, int at) {
    return (int) Math.min(channel(input, at) + layer.size() / 2 + 1L, input.dim(1));
  }

  private static int channel(NdArray input, int at) {
    return at / pixels(input) % input.dim(1);
  }

  private static int pixels(NdArray input) {
    return input.dim(2) * input.dim(3);
  }

  private static void check(LocalResponseNorm layer, NdArray input) {
    Require.present("local_response_norm", "layer, input", layer, input);
    Checks.batchOutput(layer, input.shape());
  }
}
