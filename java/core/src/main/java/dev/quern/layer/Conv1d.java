package dev.quern.layer;

import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Size;

/**
 * A one-dimensional convolution: input {@code [N, C, L]}, weight {@code [outChannels, C / groups,
 * kernel]}, bias {@code [outChannels]}, output {@code [N, outChannels, L']} with {@code L' = (L + 2
 * padding - dilation (kernel - 1) - 1) / stride + 1}, rounded down. Defaults are PyTorch's: stride
 * 1, padding 0, dilation 1, one group, with bias.
 */
public record Conv1d(
    int outChannels, int kernel, int stride, int padding, int dilation, int groups, boolean bias)
    implements Layer1d {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Conv1d> TYPE =
      LayerType.of("conv1d", Conv1d.class)
          .integer("out_channels", Conv1d::outChannels)
          .integer("kernel", Conv1d::kernel)
          .integer("stride", 1, Conv1d::stride)
          .integer("padding", 0, Conv1d::padding)
          .integer("dilation", 1, Conv1d::dilation)
          .integer("groups", 1, Conv1d::groups)
          .flag("bias", true, Conv1d::bias)
          .made(
              v ->
                  new Conv1d(
                      v.integer("out_channels"),
                      v.integer("kernel"),
                      v.integer("stride"),
                      v.integer("padding"),
                      v.integer("dilation"),
                      v.integer("groups"),
                      v.flag("bias")));

  public Conv1d {
    Checks.atLeast("conv1d", "out_channels", outChannels, 1);
    Checks.atLeast("conv1d", "kernel", kernel, 1);
    Checks.atLeast("conv1d", "stride", stride, 1);
    Checks.atLeast("conv1d", "padding", padding, 0);
    Checks.atLeast("conv1d", "dilation", dilation, 1);
    Checks.groups("conv1d", outChannels, groups);
  }

  public Conv1d(int outChannels, int kernel) {
    this(outChannels, kernel, 1, 0, 1, 1, true);
  }

  public Conv1d stride(int s) {
    return new Conv1d(outChannels, kernel, s, padding, dilation, groups, bias);
  }

  public Conv1d padding(int p) {
    return new Conv1d(outChannels, kernel, stride, p, dilation, groups, bias);
  }

  public Conv1d dilation(int d) {
    return new Conv1d(outChannels, kernel, stride, padding, d, groups, bias);
  }

  public Conv1d groups(int g) {
    return new Conv1d(outChannels, kernel, stride, padding, dilation, g, bias);
  }

  public Conv1d bias(boolean b) {
    return new Conv1d(outChannels, kernel, stride, padding, dilation, groups, b);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Conv2d as2d() {
    return new Conv2d(outChannels, new Size(1, kernel))
        .stride(new Size(1, stride))
        .padding(new Size(0, padding))
        .dilation(new Size(1, dilation))
        .groups(groups)
        .bias(bias);
  }
}
