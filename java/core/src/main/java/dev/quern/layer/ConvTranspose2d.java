package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.PackedWeights;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.Window;
import dev.quern.kernel.conv.ConvTranspose2dKernel;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A transposed convolution, the gradient of a convolution as a layer of its own: input {@code [N,
 * C, H, W]}, weight {@code [C, outChannels / groups, kernel.height, kernel.width]}, bias {@code
 * [outChannels]}, output {@code [N, outChannels, H', W']} with {@code H' = (H - 1) stride - 2
 * padding + dilation (kernel - 1) + output padding + 1}. Order and defaults are PyTorch's; so is
 * the rule that output padding is less than stride or dilation. Zeiler et al., "Deconvolutional
 * Networks", 2010.
 *
 * <p>It runs as the convolution that it mirrors, from its output to its input, with the passes
 * exchanged; the weight is the mirror's as it stands.
 */
public record ConvTranspose2d(
    int outChannels,
    Size kernel,
    Size stride,
    Size padding,
    Size outputPadding,
    int groups,
    boolean bias,
    Size dilation)
    implements Layer {
  /** Its name and its options. */
  public static final LayerType<ConvTranspose2d> TYPE =
      LayerType.of("conv_transpose2d", ConvTranspose2d.class)
          .integer("out_channels", ConvTranspose2d::outChannels)
          .size("kernel", ConvTranspose2d::kernel)
          .size("stride", Size.of(1), ConvTranspose2d::stride)
          .size("padding", Size.of(0), ConvTranspose2d::padding)
          .size("output_padding", Size.of(0), ConvTranspose2d::outputPadding)
          .integer("groups", 1, ConvTranspose2d::groups)
          .flag("bias", true, ConvTranspose2d::bias)
          .size("dilation", Size.of(1), ConvTranspose2d::dilation)
          .made(
              v ->
                  new ConvTranspose2d(
                      v.integer("out_channels"),
                      v.size("kernel"),
                      v.size("stride"),
                      v.size("padding"),
                      v.size("output_padding"),
                      v.integer("groups"),
                      v.flag("bias"),
                      v.size("dilation")));

  public ConvTranspose2d {
    Checks.atLeast("conv_transpose2d", "out_channels", outChannels, 1);
    Checks.atLeast("conv_transpose2d", "kernel", kernel, 1);
    Checks.atLeast("conv_transpose2d", "stride", stride, 1);
    Checks.atLeast("conv_transpose2d", "padding", padding, 0);
    Checks.atLeast("conv_transpose2d", "output_padding", outputPadding, 0);
    Checks.atLeast("conv_transpose2d", "dilation", dilation, 1);
    Checks.groups("conv_transpose2d", outChannels, groups);
    if (outputPadding.height() >= Math.max(stride.height(), dilation.height())
        || outputPadding.width() >= Math.max(stride.width(), dilation.width())) {
      throw new InvalidArgumentException(
          "conv_transpose2d: output_padding "
              + outputPadding
              + " is less than neither stride "
              + stride
              + " nor dilation "
              + dilation);
    }
  }

  public ConvTranspose2d(int outChannels, Size kernel) {
    this(outChannels, kernel, Size.of(1), Size.of(0), Size.of(0), 1, true, Size.of(1));
  }

  public ConvTranspose2d(int outChannels, int kernel) {
    this(outChannels, Size.of(kernel));
  }

  public ConvTranspose2d stride(Size s) {
    return new ConvTranspose2d(
        outChannels, kernel, s, padding, outputPadding, groups, bias, dilation);
  }

  public ConvTranspose2d stride(int s) {
    return stride(Size.of(s));
  }

  public ConvTranspose2d padding(Size p) {
    return new ConvTranspose2d(
        outChannels, kernel, stride, p, outputPadding, groups, bias, dilation);
  }

  public ConvTranspose2d padding(int p) {
    return padding(Size.of(p));
  }

  /** To be set after the stride or dilation that it must be less than. */
  public ConvTranspose2d outputPadding(Size p) {
    return new ConvTranspose2d(outChannels, kernel, stride, padding, p, groups, bias, dilation);
  }

  public ConvTranspose2d outputPadding(int p) {
    return outputPadding(Size.of(p));
  }

  public ConvTranspose2d groups(int g) {
    return new ConvTranspose2d(
        outChannels, kernel, stride, padding, outputPadding, g, bias, dilation);
  }

  public ConvTranspose2d bias(boolean b) {
    return new ConvTranspose2d(
        outChannels, kernel, stride, padding, outputPadding, groups, b, dilation);
  }

  public ConvTranspose2d dilation(Size d) {
    return new ConvTranspose2d(
        outChannels, kernel, stride, padding, outputPadding, groups, bias, d);
  }

  public ConvTranspose2d dilation(int d) {
    return dilation(Size.of(d));
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("conv_transpose2d", input);
    Checks.channels("conv_transpose2d", input.dim(0), groups);
    Checks.countable("conv_transpose2d", "input", input);
    long h =
        Checks.side(
            input,
            1,
            in ->
                length(
                    in,
                    kernel.height(),
                    stride.height(),
                    padding.height(),
                    outputPadding.height(),
                    dilation.height()));
    long w =
        Checks.side(
            input,
            2,
            in ->
                length(
                    in,
                    kernel.width(),
                    stride.width(),
                    padding.width(),
                    outputPadding.width(),
                    dilation.width()));
    return Checks.output("conv_transpose2d", outChannels, h, w);
  }

  private static long length(
      long in, long kernel, long stride, long padding, long outputPadding, long dilation) {
    return (in - 1) * stride - 2 * padding + dilation * (kernel - 1) + outputPadding + 1;
  }

  /** The weight's shape for an input of {@code channels} channels. */
  public Shape weightShape(long channels) {
    Checks.channels("conv_transpose2d", channels, groups);
    return Shape.of(channels, outChannels / groups, kernel.height(), kernel.width());
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    outputShape(input);
    Shape weight = weightShape(input.dim(0));
    // PyTorch's rule counts behind the weight's first dimension, here the output's side
    long fanIn = weight.sample().elements();
    List<Parameter> all = new ArrayList<>();
    all.add(new Parameter("weight", weight, fanIn));
    if (bias) {
      all.add(new Parameter("bias", Shape.of(outChannels), fanIn));
    }
    return all;
  }

  /** Every input meets every weight of its channel, products that padding drops included. */
  @Override
  public long multiplyAdds(Shape input) {
    outputShape(input);
    long weights = weightShape(input.dim(0)).sample().elements();
    return Checks.product("conv_transpose2d", input.elements(), weights);
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @param weight {@code [C, outChannels / groups, kernel.height, kernel.width]}
   * @param biasOrNull {@code [outChannels]}; null exactly where {@link #bias()} is false
   * @return {@code [N, outChannels, H', W']}, in the input's arena
   * @throws ShapeException if a shape does not fit
   */
  public Tensor forward(Tensor input, Tensor weight, @Nullable Tensor biasOrNull) {
    Shape in = Checks.images("conv_transpose2d", "input", input);
    Shape out = Checks.batchOutput(this::outputShape, in);
    Checks.shape("conv_transpose2d", "weight", weight, weightShape(in.dim(1)));
    Checks.bias("conv_transpose2d", biasOrNull, bias, outChannels);
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
   * The gradient with respect to the input.
   *
   * @param gradOutput {@code [N, outChannels, H', W']}
   * @param input the shape of the input, {@code [N, C, H, W]}
   * @return of the input's shape, in gradOutput's arena
   */
  public Tensor backwardData(Tensor gradOutput, Tensor weight, Shape input) {
    Checks.gradOutput(type(), this::outputShape, gradOutput, input);
    Checks.shape("conv_transpose2d", "weight", weight, weightShape(input.dim(1)));
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
   * The gradients with respect to weight and bias: sums over the batch.
   *
   * @return in the input's arena
   */
  public Gradients backwardWeights(Tensor input, Tensor gradOutput) {
    Shape in = Checks.images("conv_transpose2d", "input", input);
    Checks.gradOutput(type(), this::outputShape, gradOutput, in);
    try (Scratch s = new Scratch(input, gradOutput)) {
      Call call = new Call(s, in);
      Tensor weight = input.arena().tensor(weightShape(in.dim(1)));
      Tensor biasOrNull = bias ? input.arena().tensor(Shape.of(outChannels)) : null;
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

  /** What all passes of one call need: kernel, packed weights, workspace. */
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
              outputShape(in.sample()),
              new Window(ConvTranspose2d.this.kernel, stride, padding, dilation),
              outputPadding,
              groups,
              false);
      workspace = scratch.block(kernel.workspaceBytes());
    }

    Pointer pack(Tensor weight) {
      return PackedWeights.of(kernel, scratch.raw(weight), scratch::bytes).pack().packed();
    }
  }
}
