package dev.quern.reference.layer;

import dev.quern.layer.Conv2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Reference implementation of {@link Conv2d}. Input {@code [N, C, H, W]}, weight {@code [O, C /
 * groups, KH, KW]}, bias {@code [O]}, output {@code [N, O, H', W']}.
 *
 * <p>A convolution is a sum of products {@code output += input * weight}. The forward pass and both
 * backward passes enumerate the same products and differ only in the array that they sum into.
 */
public final class Conv2dReference {
  private Conv2dReference() {}

  /**
   * Returns the output.
   *
   * @param biasOrNull the bias; null exactly if the layer does not have one
   * @throws dev.quern.error.ShapeException if shapes do not fit the layer
   */
  public static NdArray forward(
      Conv2d layer, NdArray input, NdArray weight, @Nullable NdArray biasOrNull) {
    Require.present("conv2d", "layer, input, weight", layer, input, weight);
    Conv2dProducts products = Conv2dProducts.of(layer, input.shape());
    products.checkWeight(weight);
    Checks.bias("conv2d", layer.bias(), biasOrNull, layer.outChannels());
    NdArray output = new NdArray(products.output());
    double[] x = input.values();
    double[] k = weight.values();
    double[] y = output.values();
    Conv2dProducts.Steps s = products.steps();
    products.forEachRun(
        (o, i, w, count) -> add(y, o, s.output(), x, i, s.input(), k, w, s.weight(), count));
    if (biasOrNull != null) {
      addBias(output, biasOrNull);
    }
    return output;
  }

  static void addBias(NdArray output, NdArray bias) {
    int plane = output.dim(2) * output.dim(3);
    for (int i = 0; i < output.size(); i++) {
      output.add(i, bias.get(i / plane % bias.size()));
    }
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backwardData(
      Conv2d layer, NdArray gradOutput, NdArray weight, Shape inputShape) {
    Require.present(
        "conv2d", "layer, gradOutput, weight, inputShape", layer, gradOutput, weight, inputShape);
    Conv2dProducts products = Conv2dProducts.of(layer, inputShape);
    products.checkWeight(weight);
    products.checkGradOutput(gradOutput);
    NdArray gradInput = new NdArray(inputShape);
    double[] dx = gradInput.values();
    double[] k = weight.values();
    double[] dy = gradOutput.values();
    Conv2dProducts.Steps s = products.steps();
    products.forEachRun(
        (o, i, w, count) -> add(dx, i, s.input(), dy, o, s.output(), k, w, s.weight(), count));
    return gradInput;
  }

  /** Returns the gradient with respect to the weight, summed over the batch. */
  public static NdArray backwardWeights(Conv2d layer, NdArray input, NdArray gradOutput) {
    Require.present("conv2d", "layer, input, gradOutput", layer, input, gradOutput);
    Conv2dProducts products = Conv2dProducts.of(layer, input.shape());
    products.checkGradOutput(gradOutput);
    NdArray gradWeight = new NdArray(products.weight());
    double[] x = input.values();
    double[] dk = gradWeight.values();
    double[] dy = gradOutput.values();
    Conv2dProducts.Steps s = products.steps();
    products.forEachRun(
        (o, i, w, count) -> add(dk, w, s.weight(), x, i, s.input(), dy, o, s.output(), count));
    return gradWeight;
  }

  /**
   * Returns the gradient with respect to the bias, {@code [O]}: the output's gradient summed over
   * batch, rows and columns.
   */
  public static NdArray backwardBias(NdArray gradOutput) {
    Require.present("conv2d", "gradOutput", gradOutput);
    NdArray gradBias = new NdArray(Shape.of(gradOutput.dim(1)));
    int plane = gradOutput.dim(2) * gradOutput.dim(3);
    for (int i = 0; i < gradOutput.size(); i++) {
      gradBias.add(i / plane % gradBias.size(), gradOutput.get(i));
    }
    return gradBias;
  }

  /**
   * Computes {@code to[t + k * tStep] += a[i + k * aStep] * b[j + k * bStep]} for all k below
   * {@code count}.
   */
  private static void add(
      double[] to,
      int t,
      int tStep,
      double[] a,
      int i,
      int aStep,
      double[] b,
      int j,
      int bStep,
      int count) {
    if (tStep == 0) {
      to[t] += dot(a, i, aStep, b, j, bStep, count);
      return;
    }
    for (int k = 0; k < count; k++) {
      to[t + k * tStep] += a[i + k * aStep] * b[j + k * bStep];
    }
  }

  /**
   * Returns a strided dot product. It uses two sums because, with one sum, each addition would wait
   * for the previous addition.
   */
  private static double dot(double[] a, int i, int aStep, double[] b, int j, int bStep, int count) {
    double even = 0;
    double odd = 0;
    int k = 0;
    for (; k + 1 < count; k += 2) {
      even += a[i + k * aStep] * b[j + k * bStep];
      odd += a[i + (k + 1) * aStep] * b[j + (k + 1) * bStep];
    }
    return even + odd + (k < count ? a[i + k * aStep] * b[j + k * bStep] : 0);
  }
}
