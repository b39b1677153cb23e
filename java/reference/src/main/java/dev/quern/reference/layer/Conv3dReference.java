package dev.quern.reference.layer;

import dev.quern.layer.volume.Conv3d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Reference implementation of {@link Conv3d}. Input {@code [N, C, D, H, W]}, weight {@code [O, C /
 * groups, KD, KH, KW]}, bias {@code [O]}, output {@code [N, O, D', H', W']}.
 */
public final class Conv3dReference {
  private Conv3dReference() {}

  /** Receives the offsets of one product {@code output[o] += input[i] * weight[w]}. */
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
      Conv3d layer, NdArray input, NdArray weight, @Nullable NdArray biasOrNull) {
    Require.present("conv3d", "layer, input, weight", layer, input, weight);
    NdArray output = new NdArray(Checks.batchOutput(layer, input.shape()));
    checkWeight(layer, input.shape(), weight);
    Checks.bias("conv3d", layer.bias(), biasOrNull, layer.outChannels());
    forEach(layer, input.shape(), (o, i, w) -> output.add(o, input.get(i) * weight.get(w)));
    if (biasOrNull != null) {
      int volume = output.size() / (output.dim(0) * output.dim(1));
      for (int i = 0; i < output.size(); i++) {
        output.add(i, biasOrNull.get(i / volume % biasOrNull.size()));
      }
    }
    return output;
  }

  private static void checkWeight(Conv3d layer, Shape input, NdArray weight) {
    Checks.shape("conv3d", "weight", weight, layer.weightShape(input.dim(1)));
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backwardData(
      Conv3d layer, NdArray gradOutput, NdArray weight, Shape inputShape) {
    Require.present(
        "conv3d", "layer, gradOutput, weight, inputShape", layer, gradOutput, weight, inputShape);
    Checks.shape("conv3d", "grad_output", gradOutput, Checks.batchOutput(layer, inputShape));
    checkWeight(layer, inputShape, weight);
    NdArray gradInput = new NdArray(inputShape);
    forEach(layer, inputShape, (o, i, w) -> gradInput.add(i, gradOutput.get(o) * weight.get(w)));
    return gradInput;
  }

  /** Returns the gradient with respect to the weight, summed over the batch. */
  public static NdArray backwardWeights(Conv3d layer, NdArray input, NdArray gradOutput) {
    Require.present("conv3d", "layer, input, gradOutput", layer, input, gradOutput);
    Checks.shape("conv3d", "grad_output", gradOutput, Checks.batchOutput(layer, input.shape()));
    NdArray gradWeight = new NdArray(layer.weightShape(input.dim(1)));
    forEach(layer, input.shape(), (o, i, w) -> gradWeight.add(w, gradOutput.get(o) * input.get(i)));
    return gradWeight;
  }

  /** Returns the gradient with respect to the bias, {@code [O]}. */
  public static NdArray backwardBias(NdArray gradOutput) {
    Require.present("conv3d", "gradOutput", gradOutput);
    NdArray gradBias = new NdArray(Shape.of(gradOutput.dim(1)));
    int volume = gradOutput.size() / (gradOutput.dim(0) * gradOutput.dim(1));
    for (int i = 0; i < gradOutput.size(); i++) {
      gradBias.add(i / volume % gradBias.size(), gradOutput.get(i));
    }
    return gradBias;
  }

  private static void forEach(Conv3d layer, Shape input, Product product) {
    Shape output = Checks.batchOutput(layer, input);
    VolumeAxes axes =
        VolumeAxes.of(
            input, output, layer.kernel(), layer.stride(), layer.padding(), layer.dilation());
    int channels = (int) input.dim(1) / layer.groups();
    int taps = layer.kernel().depth() * layer.kernel().height() * layer.kernel().width();
    for (int n = 0; n < input.dim(0); n++) {
      for (int f = 0; f < layer.outChannels(); f++) {
        int group = f / (layer.outChannels() / layer.groups());
        for (int c = 0; c < channels; c++) {
          int from = (n * (int) input.dim(1) + group * channels + c) * axes.inputs();
          int to = (n * layer.outChannels() + f) * axes.outputs();
          int kernel = (f * channels + c) * taps;
          axes.forEach((w, position, tap) -> product.accept(to + w, from + position, kernel + tap));
        }
      }
    }
  }
}
