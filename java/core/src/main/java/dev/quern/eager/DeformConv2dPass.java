package dev.quern.eager;

import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.PackedWeights;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.Window;
import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.kernel.conv.DeformConv2dKernel;
import dev.quern.kernel.conv.DeformConv2dKernel.Space;
import dev.quern.kernel.conv.DeformConv2dKernel.Tensors;
import dev.quern.layer.DeformConv2d;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Forward and backward pass of {@link DeformConv2d} on tensors. */
public final class DeformConv2dPass {
  private static final String OP = "deform_conv2d";

  private final DeformConv2d layer;

  DeformConv2dPass(DeformConv2d layer) {
    this.layer = layer;
  }

  /**
   * Gradients of a deformable convolution, each with the shape of its tensor.
   *
   * @param mask null without a mask
   * @param bias null if the layer does not have a bias
   */
  public record Gradients(
      Tensor input, Tensor offset, @Nullable Tensor mask, Tensor weight, @Nullable Tensor bias) {}

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @param offset {@code [N, offsetChannels, H', W']}, in pixels, see {@link DeformConv2d}
   * @param maskOrNull {@code [N, maskChannels, H', W']}; null for a mask of ones
   * @param weight {@code [outChannels, C / groups, kernel.height, kernel.width]}
   * @param biasOrNull {@code [outChannels]}; null if and only if {@link DeformConv2d#bias()} is
   *     false
   * @return {@code [N, outChannels, H', W']}, in the input's arena
   * @throws ShapeException if a tensor's shape does not match the layer
   */
  public Tensor forward(
      Tensor input,
      Tensor offset,
      @Nullable Tensor maskOrNull,
      Tensor weight,
      @Nullable Tensor biasOrNull) {
    Shape out = check(input, offset, maskOrNull, weight);
    TensorChecks.bias(OP, biasOrNull, layer.bias(), layer.outChannels());
    try (Scratch s = new Scratch(input, offset, maskOrNull, weight, biasOrNull)) {
      Call call = new Call(s, input, offset, maskOrNull, out);
      FloatPointer dst = s.floats(out.elements());
      call.kernel.forward(call.in, call.pack(weight), s.raw(biasOrNull), dst, call.space);
      return s.nchw(input.arena(), out, dst);
    }
  }

  /**
   * Returns the gradients with respect to inputs, weight and bias, in the input's arena. Those of
   * weight and bias are summed over the batch.
   */
  public Gradients backward(
      Tensor input, Tensor offset, @Nullable Tensor maskOrNull, Tensor weight, Tensor gradOutput) {
    Shape out = check(input, offset, maskOrNull, weight);
    TensorChecks.shape(OP, "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(input, offset, maskOrNull, weight, gradOutput)) {
      Call call = new Call(s, input, offset, maskOrNull, out);
      Arena arena = input.arena();
      Tensor gradWeight = arena.tensor(weight.shape());
      Tensor gradBias = layer.bias() ? arena.tensor(Shape.of(layer.outChannels())) : null;
      FloatPointer dy = s.nhwc(gradOutput);
      call.kernel.backwardWeights(call.in, dy, s.raw(gradWeight), s.raw(gradBias), call.space);
      FloatPointer diff = s.floats(input.shape().elements());
      FloatPointer diffOffset = s.floats(offset.shape().elements());
      FloatPointer diffMask = maskOrNull == null ? null : s.floats(maskOrNull.shape().elements());
      call.kernel.backwardData(
          call.in, dy, call.pack(weight), new Tensors(diff, diffOffset, diffMask), call.space);
      return new Gradients(
          s.nchw(arena, input.shape(), diff),
          s.nchw(arena, offset.shape(), diffOffset),
          maskOrNull == null ? null : s.nchw(arena, maskOrNull.shape(), diffMask),
          gradWeight,
          gradBias);
    }
  }

  /** Checks the tensors and returns the output's shape. */
  private Shape check(Tensor input, Tensor offset, @Nullable Tensor maskOrNull, Tensor weight) {
    Shape in = TensorChecks.images(OP, "input", input);
    List<Shape> samples = new ArrayList<>(List.of(in.sample(), sample("offset", offset, in)));
    if (maskOrNull != null) {
      samples.add(sample("mask", maskOrNull, in));
    }
    Shape out = layer.outputShape(samples).batch(in.dim(0));
    TensorChecks.shape(OP, "weight", weight, layer.weightShape(in.dim(1)));
    return out;
  }

  private static Shape sample(String what, Tensor tensor, Shape in) {
    Shape shape = Require.present(OP, what, tensor).shape();
    if (shape.rank() == 0 || shape.dim(0) != in.dim(0)) {
      throw new ShapeException(
          OP + ": batch sizes of input " + in + " and " + what + " " + shape + " differ");
    }
    return shape.sample();
  }

  /** The kernel and the memory that the passes of one call share. */
  private final class Call {
    private final Scratch scratch;
    private final DeformConv2dKernel kernel;
    private final Tensors in;
    private final Space space;

    Call(Scratch scratch, Tensor input, Tensor offset, @Nullable Tensor maskOrNull, Shape out) {
      this.scratch = scratch;
      Shape image = input.shape();
      kernel =
          new DeformConv2dKernel(
              scratch::descriptor,
              image.dim(0),
              image.sample(),
              out.sample(),
              new Window(layer.kernel(), layer.stride(), layer.padding(), layer.dilation()),
              layer.groups(),
              layer.offsetGroups(),
              Conv2dPrecision.DEFAULT,
              true);
      in =
          new Tensors(
              scratch.nhwc(input),
              scratch.nhwc(offset),
              maskOrNull == null ? null : scratch.nhwc(maskOrNull));
      OffHeap workspace = scratch.block(kernel.workspaceBytes());
      space =
          new Space(
              scratch.block(kernel.columnsBytes()).pointer(0),
              workspace.pointer(0),
              workspace.bytes());
    }

    Pointer pack(Tensor weight) {
      return PackedWeights.of(kernel, scratch.raw(weight), scratch::bytes).pack().packed();
    }
  }
}
