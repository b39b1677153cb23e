package dev.quern.eager;

import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.PackedWeights;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.Window;
import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.kernel.conv.ConvTranspose2dKernel;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Forward and backward passes of {@link ConvTranspose2d} on tensors. */
public final class ConvTranspose2dPass {
  private final ConvTranspose2d layer;

  ConvTranspose2dPass(ConvTranspose2d layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @param weight {@code [C, outChannels / groups, kernel.height, kernel.width]}
   * @param biasOrNull {@code [outChannels]}; null if and only if {@link ConvTranspose2d#bias()} is
   *     false
   * @return {@code [N, outChannels, H', W']}, in the input's arena
   * @throws ShapeException if a tensor's shape does not match the layer
   */
  public Tensor forward(Tensor input, Tensor weight, @Nullable Tensor biasOrNull) {
    Shape in = TensorChecks.images("conv_transpose2d", "input", input);
    Shape out = TensorChecks.batchOutput(layer::outputShape, in);
    TensorChecks.shape("conv_transpose2d", "weight", weight, layer.weightShape(in.dim(1)));
    TensorChecks.bias("conv_transpose2d", biasOrNull, layer.bias(), layer.outChannels());
    try (Scratch s = new Scratch(input, weight, biasOrNull)) {
      Call call = new Call(s, in);
      FloatPointer dst = s.floats(out.elements());
      call.kernel.forward(
          s.nhwc(input),
          call.pack(weight),
          s.raw(biasOrNull),
          dst,
          call.workspace.pointer(0),
          call.workspace.bytes());
      return s.nchw(input.arena(), out, dst);
    }
  }

  /**
   * Returns the gradient with respect to the input.
   *
   * @param gradOutput {@code [N, outChannels, H', W']}
   * @param input shape of the input, {@code [N, C, H, W]}
   * @return a tensor with the input's shape, in gradOutput's arena
   */
  public Tensor backwardData(Tensor gradOutput, Tensor weight, Shape input) {
    TensorChecks.gradOutput(layer.type(), layer::outputShape, gradOutput, input);
    TensorChecks.shape("conv_transpose2d", "weight", weight, layer.weightShape(input.dim(1)));
    try (Scratch s = new Scratch(gradOutput, weight)) {
      Call call = new Call(s, input);
      FloatPointer diff = s.floats(input.elements());
      call.kernel.backwardData(
          s.nhwc(gradOutput),
          call.pack(weight),
          diff,
          call.workspace.pointer(0),
          call.workspace.bytes());
      return s.nchw(gradOutput.arena(), input, diff);
    }
  }

  /**
   * Returns the gradients with respect to weight and bias, summed over the batch.
   *
   * @return the gradients, in the input's arena
   */
  public Gradients backwardWeights(Tensor input, Tensor gradOutput) {
    Shape in = TensorChecks.images("conv_transpose2d", "input", input);
    TensorChecks.gradOutput(layer.type(), layer::outputShape, gradOutput, in);
    try (Scratch s = new Scratch(input, gradOutput)) {
      Call call = new Call(s, in);
      Tensor weight = input.arena().tensor(layer.weightShape(in.dim(1)));
      Tensor biasOrNull = layer.bias() ? input.arena().tensor(Shape.of(layer.outChannels())) : null;
      call.kernel.backwardWeights(
          s.nhwc(input),
          s.nhwc(gradOutput),
          s.raw(weight),
          s.raw(biasOrNull),
          call.workspace.pointer(0),
          call.workspace.bytes());
      return new Gradients(weight, biasOrNull);
    }
  }

  /** The kernel, packed weights and workspace that the passes of one call share. */
  private final class Call {
    private final Scratch scratch;
    private final ConvTranspose2dKernel kernel;
    private final OffHeap workspace;

    Call(Scratch scratch, Shape in) {
      this.scratch = scratch;
      kernel =
          new ConvTranspose2dKernel(
              scratch::descriptor,
              in.dim(0),
              in.sample(),
              layer.outputShape(in.sample()),
              new Window(layer.kernel(), layer.stride(), layer.padding(), layer.dilation()),
              layer.outputPadding(),
              layer.groups(),
              Conv2dPrecision.DEFAULT);
      workspace = scratch.block(kernel.workspaceBytes());
    }

    Pointer pack(Tensor weight) {
      return PackedWeights.of(kernel, scratch.raw(weight), scratch::bytes).pack().packed();
    }
  }
}
