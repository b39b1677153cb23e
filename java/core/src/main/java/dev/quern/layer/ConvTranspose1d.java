package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Size;

/**
 * A one-dimensional transposed convolution: input {@code [N, C, L]}, weight {@code [C, outChannels
 * / groups, kernel]}, bias {@code [outChannels]}, output {@code [N, outChannels, L']} with {@code
 * L' = (L - 1) stride - 2 padding + dilation (kernel - 1) + output padding + 1}. The arguments have
 * PyTorch's order and defaults. As in PyTorch, the output padding must be less than the larger of
 * stride and dilation.
 */
public record ConvTranspose1d(
    int outChannels,
    int kernel,
    int stride,
    int padding,
    int outputPadding,
    int groups,
    boolean bias,
    int dilation)
    implements Layer1d {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<ConvTranspose1d> TYPE =
      LayerType.of("conv_transpose1d", ConvTranspose1d.class)
          .integer("out_channels", ConvTranspose1d::outChannels)
          .integer("kernel", ConvTranspose1d::kernel)
          .integer("stride", 1, ConvTranspose1d::stride)
          .integer("padding", 0, ConvTranspose1d::padding)
          .integer("output_padding", 0, ConvTranspose1d::outputPadding)
          .integer("groups", 1, ConvTranspose1d::groups)
          .flag("bias", true, ConvTranspose1d::bias)
          .integer("dilation", 1, ConvTranspose1d::dilation)
          .made(
              v ->
                  new ConvTranspose1d(
                      v.integer("out_channels"),
                      v.integer("kernel"),
                      v.integer("stride"),
                      v.integer("padding"),
                      v.integer("output_padding"),
                      v.integer("groups"),
                      v.flag("bias"),
                      v.integer("dilation")));

  public ConvTranspose1d {
    Checks.atLeast("conv_transpose1d", "out_channels", outChannels, 1);
    Checks.atLeast("conv_transpose1d", "kernel", kernel, 1);
    Checks.atLeast("conv_transpose1d", "stride", stride, 1);
    Checks.atLeast("conv_transpose1d", "padding", padding, 0);
    Checks.atLeast("conv_transpose1d", "output_padding", outputPadding, 0);
    Checks.atLeast("conv_transpose1d", "dilation", dilation, 1);
    Checks.groups("conv_transpose1d", outChannels, groups);
    if (outputPadding >= Math.max(stride, dilation)) {
      throw new InvalidArgumentException(
          "conv_transpose1d: output_padding "
              + outputPadding
              + " must be less than stride "
              + stride
              + " or dilation "
              + dilation);
    }
  }

  public ConvTranspose1d(int outChannels, int kernel) {
    this(outChannels, kernel, 1, 0, 0, 1, true, 1);
  }

  public ConvTranspose1d stride(int s) {
    return new ConvTranspose1d(
        outChannels, kernel, s, padding, outputPadding, groups, bias, dilation);
  }

  public ConvTranspose1d padding(int p) {
    return new ConvTranspose1d(
        outChannels, kernel, stride, p, outputPadding, groups, bias, dilation);
  }

  /**
   * Returns a copy with this output padding. Set stride and dilation first: the output padding must
   * be less than the larger of the two.
   */
  public ConvTranspose1d outputPadding(int p) {
    return new ConvTranspose1d(outChannels, kernel, stride, padding, p, groups, bias, dilation);
  }

  public ConvTranspose1d groups(int g) {
    return new ConvTranspose1d(
        outChannels, kernel, stride, padding, outputPadding, g, bias, dilation);
  }

  public ConvTranspose1d bias(boolean b) {
    return new ConvTranspose1d(
        outChannels, kernel, stride, padding, outputPadding, groups, b, dilation);
  }

  public ConvTranspose1d dilation(int d) {
    return new ConvTranspose1d(
        outChannels, kernel, stride, padding, outputPadding, groups, bias, d);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public ConvTranspose2d as2d() {
    return new ConvTranspose2d(outChannels, new Size(1, kernel))
        .stride(new Size(1, stride))
        .padding(new Size(0, padding))
        .dilation(new Size(1, dilation))
        .outputPadding(new Size(0, outputPadding))
        .groups(groups)
        .bias(bias);
  }
}
