package dev.quern.eager;

import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.PackedWeights;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.Window;
import dev.quern.kernel.conv.Conv2dImplementations;
import dev.quern.kernel.conv.Conv2dKernel;
import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.layer.Conv2d;
import dev.quern.layer.internal.PaddedInput;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Forward and backward passes of {@link Conv2d} on tensors. */
public final class Conv2dPass {
  private final Conv2d layer;

  Conv2dPass(Conv2d layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @param weight {@code [outChannels, C / groups, kernel.height, kernel.width]}
   * @param biasOrNull {@code [outChannels]}; null if and only if {@link Conv2d#bias()} is false
   * @return {@code [N, outChannels, H', W']}, in the input's arena
   * @throws ShapeException if a tensor's shape does not match the layer
   */
  public Tensor forward(Tensor input, Tensor weight, @Nullable Tensor biasOrNull) {
    Shape in = TensorChecks.images("conv2d", "input", input);
    Shape out = layer.outputShape(in.sample()).batch(in.dim(0));
    TensorChecks.shape("conv2d", "weight", weight, layer.weightShape(in.dim(1)));
    TensorChecks.bias("conv2d", biasOrNull, layer.bias(), layer.outChannels());
    try (Scratch s = new Scratch(input, weight, biasOrNull)) {
      Call call = new Call(s, in);
      FloatPointer dst = s.floats(out.elements());
      call.kernel.forward(
          PaddedCopy.forward(s, call.padded, input),
          call.pack(weight),
          s.raw(biasOrNull),
          null,
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
    Shape in = TensorChecks.images("conv2d", "input", input);
    TensorChecks.shape(
        "conv2d", "grad_output", gradOutput, layer.outputShape(in.sample()).batch(in.dim(0)));
    TensorChecks.shape("conv2d", "weight", weight, layer.weightShape(in.dim(1)));
    try (Scratch s = new Scratch(gradOutput, weight)) {
      Call call = new Call(s, in);
      FloatPointer diff = s.floats(call.padded.shape().elements() * in.dim(0));
      call.kernel.backwardData(
          s.nhwc(gradOutput),
          call.pack(weight),
          diff,
          call.workspace.pointer(0),
          call.workspace.bytes());
      return s.nchw(gradOutput.arena(), in, PaddedCopy.backward(s, call.padded, in.dim(0), diff));
    }
  }

  /**
   * Returns the gradients with respect to weight and bias, summed over the batch.
   *
   * @return the gradients, in the input's arena
   */
  public Gradients backwardWeights(Tensor input, Tensor gradOutput) {
    Shape in = TensorChecks.images("conv2d", "input", input);
    TensorChecks.shape(
        "conv2d", "grad_output", gradOutput, layer.outputShape(in.sample()).batch(in.dim(0)));
    try (Scratch s = new Scratch(input, gradOutput)) {
      Call call = new Call(s, in);
      Tensor weight = input.arena().tensor(layer.weightShape(in.dim(1)));
      Tensor biasOrNull = layer.bias() ? input.arena().tensor(Shape.of(layer.outChannels())) : null;
      call.kernel.backwardWeights(
          PaddedCopy.forward(s, call.padded, input),
          s.nhwc(gradOutput),
          s.raw(weight),
          s.raw(biasOrNull),
          call.workspace.pointer(0),
          call.workspace.bytes());
      return new Gradients(weight, biasOrNull);
    }
  }

  /** Returns the names of the native implementations, in order of preference. */
  public static List<String> implementations() {
    return Conv2dImplementations.names();
  }

  /**
   * Returns whether an implementation supports this convolution for an input {@code [N, C, H, W]}.
   */
  public boolean accepts(String implementation, Shape input) {
    Shape in = TensorChecks.images("conv2d", "input", input);
    layer.outputShape(in.sample());
    int index = Conv2dImplementations.index(implementation);
    try (Scratch s = new Scratch()) {
      return kernel(s, in.dim(0), new PaddedInput(in.sample(), layer.paddings())).accepts(index);
    }
  }

  private Conv2dKernel kernel(Scratch s, long batch, PaddedInput padded) {
    Window window = new Window(layer.kernel(), layer.stride(), padded.rest(), layer.dilation());
    return new Conv2dKernel(
        s.descriptor(),
        batch,
        padded.shape(),
        layer.outChannels(),
        window,
        layer.groups(),
        Conv2dPrecision.DEFAULT,
        true);
  }

  /**
   * Forces one implementation, for tests and benchmarks. Until the result is closed, all
   * convolutions and plans that this thread creates use the implementation. Convolutions that the
   * implementation does not support fail.
   */
  public static Forced force(String implementation) {
    return Conv2dImplementations.force(implementation)::run;
  }

  /** A forced implementation; {@code close} restores the previous setting. */
  public interface Forced extends AutoCloseable {
    @Override
    void close();
  }

  /** The kernel, packed weights and workspace that the passes of one call share. */
  private final class Call {
    private final Scratch scratch;
    private final PaddedInput padded;
    private final Conv2dKernel kernel;
    private final OffHeap workspace;

    Call(Scratch scratch, Shape in) {
      this.scratch = scratch;
      padded = new PaddedInput(in.sample(), layer.paddings());
      kernel = kernel(scratch, in.dim(0), padded);
      workspace = scratch.block(kernel.workspaceBytes());
    }

    Pointer pack(Tensor weight) {
      return PackedWeights.of(kernel, scratch.raw(weight), scratch::bytes).pack().packed();
    }
  }
}
