package dev.quern.reference.layer;

import dev.quern.layer.ConvTranspose2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Reference implementation of {@link ConvTranspose2d}. Input {@code [N, C, H, W]}, weight {@code
 * [C, O / groups, KH, KW]}, bias {@code [O]}, output {@code [N, O, H', W']}.
 *
 * <p>Each input element makes the products {@code output += input * weight} with all outputs under
 * its kernel. The forward pass and both backward passes enumerate the same products.
 */
public final class ConvTranspose2dReference {
  private ConvTranspose2dReference() {}

  /** Receives one product {@code output[o] += input[i] * weight[w]}. */
  private interface Product {
    void accept(int o, int i, int w);
  }

  /**
   * Returns the output.
   *
   * @param biasOrNull the bias; null exactly if the layer does not have one
   * @throws dev.quern.error.ShapeException if shapes do not fit the layer
   */
  public static NdArray forward(
      ConvTranspose2d layer, NdArray input, NdArray weight, @Nullable NdArray biasOrNull) {
    Require.present("conv_transpose2d", "layer, input", layer, input);
    NdArray output = new NdArray(Checks.batchOutput(layer, input.shape()));
    Checks.shape("conv_transpose2d", "weight", weight, layer.weightShape(input.dim(1)));
    Checks.bias("conv_transpose2d", layer.bias(), biasOrNull, layer.outChannels());
    forEach(layer, input.shape(), (o, i, w) -> output.add(o, input.get(i) * weight.get(w)));
    if (biasOrNull != null) {
      Conv2dReference.addBias(output, biasOrNull);
    }
    return output;
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backwardData(
      ConvTranspose2d layer, NdArray gradOutput, NdArray weight, Shape inputShape) {
    Require.present(
        "conv_transpose2d", "layer, gradOutput, inputShape", layer, gradOutput, inputShape);
    checkGradOutput(layer, gradOutput, inputShape);
    Checks.shape("conv_transpose2d", "weight", weight, layer.weightShape(inputShape.dim(1)));
    NdArray gradInput = new NdArray(inputShape);
    forEach(layer, inputShape, (o, i, w) -> gradInput.add(i, gradOutput.get(o) * weight.get(w)));
    return gradInput;
  }

  /** Returns the gradient with respect to the weight, summed over the batch. */
  public static NdArray backwardWeights(ConvTranspose2d layer, NdArray input, NdArray gradOutput) {
    Require.present("conv_transpose2d", "layer, input, gradOutput", layer, input, gradOutput);
    checkGradOutput(layer, gradOutput, input.shape());
    NdArray gradWeight = new NdArray(layer.weightShape(input.dim(1)));
    forEach(layer, input.shape(), (o, i, w) -> gradWeight.add(w, gradOutput.get(o) * input.get(i)));
    return gradWeight;
  }

  private static void checkGradOutput(ConvTranspose2d layer, NdArray gradOutput, Shape input) {
    Checks.shape("conv_transpose2d", "grad_output", gradOutput, Checks.batchOutput(layer, input));
  }

  /**
   * Returns the gradient with respect to the bias, {@code [O]}: the output's gradient summed over
   * batch, rows and columns.
   */
  public static NdArray backwardBias(NdArray gradOutput) {
    Require.present("conv_transpose2d", "gradOutput", gradOutput);
    return Conv2dReference.backwardBias(gradOutput);
  }

  /**
   * Visits all products: inputs in row-major order, and for each input the weight's elements in
   * order.
   */
  private static void forEach(ConvTranspose2d layer, Shape input, Product product) {
    int rows = (int) input.dim(2);
    int columns = (int) input.dim(3);
    for (int i = 0; i < input.elements(); i++) {
      int plane = i / (rows * columns);
      forEachTap(layer, input, product, i, plane, i / columns % rows, i % columns);
    }
  }

  private static void forEachTap(
      ConvTranspose2d layer, Shape input, Product product, int i, int plane, int row, int column) {
    Shape output = layer.outputShape(input.sample());
    int channels = (int) input.dim(1);
    int channel = plane % channels;
    int filters = layer.outChannels() / layer.groups();
    int firstOut = channel / (channels / layer.groups()) * filters;
    int w = channel * filters * layer.kernel().height() * layer.kernel().width();
    for (int filter = 0; filter < filters; filter++) {
      int outPlane = plane / channels * layer.outChannels() + firstOut + filter;
      for (int kernelRow = 0; kernelRow < layer.kernel().height(); kernelRow++) {
        for (int kernelColumn = 0; kernelColumn < layer.kernel().width(); kernelColumn++, w++) {
          long y =
              (long) row * layer.stride().height()
                  - layer.padding().height()
                  + (long) kernelRow * layer.dilation().height();
          long x =
              (long) column * layer.stride().width()
                  - layer.padding().width()
                  + (long) kernelColumn * layer.dilation().width();
          if (y >= 0 && y < output.dim(1) && x >= 0 && x < output.dim(2)) {
            product.accept((int) ((outPlane * output.dim(1) + y) * output.dim(2) + x), i, w);
          }
        }
      }
    }
  }
}
