package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;

/**
 * A two-dimensional transposed convolution: input {@code [N, C, H, W]}, weight {@code [C,
 * outChannels / groups, kernel.height, kernel.width]}, bias {@code [outChannels]}, output {@code
 * [N, outChannels, H', W']} with {@code H' = (H - 1) stride - 2 padding + dilation (kernel - 1) +
 * output padding + 1}. The arguments have PyTorch's order and defaults. As in PyTorch, the output
 * padding must be less than the larger of stride and dilation. Zeiler et al., "Deconvolutional
 * Networks", 2010.
 *
 * <p>This layer's forward pass is the input gradient of the {@link Conv2d} that maps this layer's
 * output shape to this layer's input shape; this layer's input gradient is the forward pass of that
 * {@code Conv2d}. Both layers have the same weight layout.
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
  /** The type of this layer: its name and its options in network files. */
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
              + " must be less than stride "
              + stride
              + " or dilation "
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

  /**
   * Returns a copy with this output padding. Set stride and dilation first: the output padding must
   * be less than the larger of the two.
   */
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

  /** Returns the weight's shape for an input of {@code channels} channels. */
  public Shape weightShape(long channels) {
    Checks.channels("conv_transpose2d", channels, groups);
    return Shape.of(channels, outChannels / groups, kernel.height(), kernel.width());
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    outputShape(input);
    Shape weight = weightShape(input.dim(0));
    // as in PyTorch, the product of all dimensions but the first, although these are outputs
    long fanIn = weight.sample().elements();
    List<Parameter> all = new ArrayList<>();
    all.add(new Parameter("weight", weight, fanIn));
    if (bias) {
      all.add(new Parameter("bias", Shape.of(outChannels), fanIn));
    }
    return all;
  }

  /**
   * Returns the number of input elements times the number of weights per input channel, including
   * products that the padding crops.
   */
  @Override
  public long multiplyAdds(Shape input) {
    outputShape(input);
    long weights = weightShape(input.dim(0)).sample().elements();
    return Checks.product("conv_transpose2d", input.elements(), weights);
  }
}
