package dev.quern.eager;

import dev.quern.error.ShapeException;
import dev.quern.kernel.PackedWeights;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.kernel.conv.Conv3dKernel;
import dev.quern.kernel.conv.Window3d;
import dev.quern.layer.volume.Conv3d;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Forward and backward passes of {@link Conv3d} on tensors. */
public final class Conv3dPass {
  private final Conv3d layer;

  Conv3dPass(Conv3d layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, D, H, W]}
   * @param weight {@code [outChannels, C / groups, kernel.depth, kernel.height, kernel.width]}
   * @param biasOrNull {@code [outChannels]}; null if and only if {@link Conv3d#bias()} is false
   * @return {@code [N, outChannels, D', H', W']}, in the input's arena
   * @throws ShapeException if a tensor's shape does not match the layer
   */
  public Tensor forward(Tensor input, Tensor weight, @Nullable Tensor biasOrNull) {
    Shape in = VolumeTensors.check("conv3d", "input", input);
    Shape out = layer.outputShape(in.sample()).batch(in.dim(0));
    TensorChecks.shape("conv3d", "weight", weight, layer.weightShape(in.dim(1)));
    TensorChecks.bias("conv3d", biasOrNull, layer.bias(), layer.outChannels());
    try (Scratch s = new Scratch(input, weight, biasOrNull)) {
      Conv3dKernel kernel = kernel(s, in, out);
      FloatPointer dst = s.floats(out.elements());
      Pointer workspace = s.bytes(kernel.forwardBytes());
      kernel.forward(
          VolumeTensors.channelsLast(s, input),
          pack(s, kernel, weight),
          s.raw(biasOrNull),
          null,
          dst,
          workspace);
      return VolumeTensors.tensor(s, input.arena(), out, dst);
    }
  }

  /**
   * Returns the gradient with respect to the input.
   *
   * @param gradOutput {@code [N, outChannels, D', H', W']}
   * @param input shape of the input, {@code [N, C, D, H, W]}
   * @return a tensor with the input's shape, in gradOutput's arena
   */
  public Tensor backwardData(Tensor gradOutput, Tensor weight, Shape input) {
    Shape in = VolumeTensors.check("conv3d", "input", input);
    Shape out = layer.outputShape(in.sample()).batch(in.dim(0));
    TensorChecks.shape("conv3d", "grad_output", gradOutput, out);
    TensorChecks.shape("conv3d", "weight", weight, layer.weightShape(in.dim(1)));
    try (Scratch s = new Scratch(gradOutput, weight)) {
      Conv3dKernel kernel = kernel(s, in, out);
      FloatPointer diff = s.floats(in.elements());
      kernel.backwardData(
          VolumeTensors.channelsLast(s, gradOutput),
          pack(s, kernel, weight),
          diff,
          s.bytes(kernel.backwardBytes()));
      return VolumeTensors.tensor(s, gradOutput.arena(), in, diff);
    }
  }

  /**
   * Returns the gradients with respect to weight and bias, summed over the batch.
   *
   * @return the gradients, in the input's arena
   */
  public Gradients backwardWeights(Tensor input, Tensor gradOutput) {
    Shape in = VolumeTensors.check("conv3d", "input", input);
    Shape out = layer.outputShape(in.sample()).batch(in.dim(0));
    TensorChecks.shape("conv3d", "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(input, gradOutput)) {
      Conv3dKernel kernel = kernel(s, in, out);
      Tensor weight = input.arena().tensor(layer.weightShape(in.dim(1)));
      Tensor biasOrNull = layer.bias() ? input.arena().tensor(Shape.of(layer.outChannels())) : null;
      kernel.backwardWeights(
          VolumeTensors.channelsLast(s, input),
          VolumeTensors.channelsLast(s, gradOutput),
          s.raw(weight),
          s.raw(biasOrNull),
          s.bytes(kernel.backwardBytes()));
      return new Gradients(weight, biasOrNull);
    }
  }

  private Conv3dKernel kernel(Scratch s, Shape in, Shape out) {
    return new Conv3dKernel(
        s.descriptor(),
        s.descriptor(),
        in.dim(0),
        in.sample(),
        out.sample(),
        new Window3d(layer.kernel(), layer.stride(), layer.padding(), layer.dilation()),
        layer.groups(),
        Conv2dPrecision.DEFAULT,
        true);
  }

  private static Pointer pack(Scratch s, Conv3dKernel kernel, Tensor weight) {
    return PackedWeights.of(kernel, s.raw(weight), s::bytes).pack().packed();
  }
}
