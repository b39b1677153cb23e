package dev.quern.layer.volume;

import dev.quern.layer.LayerType;
import dev.quern.layer.Parameter;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;
import java.util.ArrayList;
import java.util.List;

/**
 * A three-dimensional convolution, for example of videos: input {@code [N, C, D, H, W]}, weight
 * {@code [outChannels, C / groups, kernel.depth, kernel.height, kernel.width]}, bias {@code
 * [outChannels]}, output {@code [N, outChannels, D', H', W']} with {@code D' = (D + 2 padding -
 * dilation (kernel - 1) - 1) / stride + 1}, rounded down, and likewise for height and width.
 * Defaults are PyTorch's: stride 1, padding 0, dilation 1, one group, with bias.
 *
 * @param padding the number of zeros on both sides of each axis
 */
public record Conv3d(
    int outChannels,
    Size3 kernel,
    Size3 stride,
    Size3 padding,
    Size3 dilation,
    int groups,
    boolean bias)
    implements Layer3d {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Conv3d> TYPE =
      LayerType.of("conv3d", Conv3d.class)
          .integer("out_channels", Conv3d::outChannels)
          .size3("kernel", Conv3d::kernel)
          .size3("stride", Size3.of(1), Conv3d::stride)
          .size3("padding", Size3.of(0), Conv3d::padding)
          .size3("dilation", Size3.of(1), Conv3d::dilation)
          .integer("groups", 1, Conv3d::groups)
          .flag("bias", true, Conv3d::bias)
          .made(
              v ->
                  new Conv3d(
                      v.integer("out_channels"),
                      v.size3("kernel"),
                      v.size3("stride"),
                      v.size3("padding"),
                      v.size3("dilation"),
                      v.integer("groups"),
                      v.flag("bias")));

  public Conv3d {
    Checks.atLeast("conv3d", "out_channels", outChannels, 1);
    VolumeChecks.window("conv3d", kernel, stride, padding, dilation);
    Checks.groups("conv3d", outChannels, groups);
  }

  public Conv3d(int outChannels, Size3 kernel) {
    this(outChannels, kernel, Size3.of(1), Size3.of(0), Size3.of(1), 1, true);
  }

  public Conv3d(int outChannels, int kernel) {
    this(outChannels, Size3.of(kernel));
  }

  public Conv3d stride(Size3 s) {
    return new Conv3d(outChannels, kernel, s, padding, dilation, groups, bias);
  }

  public Conv3d stride(int s) {
    return stride(Size3.of(s));
  }

  public Conv3d padding(Size3 p) {
    return new Conv3d(outChannels, kernel, stride, p, dilation, groups, bias);
  }

  public Conv3d padding(int p) {
    return padding(Size3.of(p));
  }

  public Conv3d dilation(Size3 d) {
    return new Conv3d(outChannels, kernel, stride, padding, d, groups, bias);
  }

  public Conv3d dilation(int d) {
    return dilation(Size3.of(d));
  }

  public Conv3d groups(int g) {
    return new Conv3d(outChannels, kernel, stride, padding, dilation, g, bias);
  }

  public Conv3d bias(boolean b) {
    return new Conv3d(outChannels, kernel, stride, padding, dilation, groups, b);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    VolumeChecks.volume("conv3d", input);
    Checks.channels("conv3d", input.dim(0), groups);
    return VolumeChecks.output(
        "conv3d", input, outChannels, kernel, stride, padding, dilation, false);
  }

  /** Returns the weight's shape for an input of {@code channels} channels. */
  public Shape weightShape(long channels) {
    Checks.channels("conv3d", channels, groups);
    return Shape.of(
        outChannels, channels / groups, kernel.depth(), kernel.height(), kernel.width());
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    outputShape(input);
    Shape weight = weightShape(input.dim(0));
    long fanIn = weight.sample().elements();
    List<Parameter> all = new ArrayList<>();
    all.add(new Parameter("weight", weight, fanIn));
    if (bias) {
      all.add(new Parameter("bias", Shape.of(outChannels), fanIn));
    }
    return all;
  }

  @Override
  public long multiplyAdds(Shape input) {
    long outputs = outputShape(input).elements();
    return Checks.product("conv3d", outputs, weightShape(input.dim(0)).sample().elements());
  }
}
