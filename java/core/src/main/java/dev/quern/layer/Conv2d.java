package dev.quern.layer;

import dev.quern.Shape;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import java.util.ArrayList;
import java.util.List;

/**
 * A two-dimensional convolution (cross-correlation, as everywhere in the field): input {@code [N,
 * C, H, W]}, weight {@code [outChannels, C / groups, kernel.height, kernel.width]}, bias {@code
 * [outChannels]}, output {@code [N, outChannels, H', W']} with {@code H' = (H + 2 padding -
 * dilation (kernel - 1) - 1) / stride + 1}, rounded down. Defaults are PyTorch's: stride 1, padding
 * 0, dilation 1, one group, with bias.
 */
public record Conv2d(
    int outChannels,
    Size kernel,
    Size stride,
    Size padding,
    Size dilation,
    int groups,
    boolean bias)
    implements Layer {

  public Conv2d {
    Checks.atLeast("conv2d", "out_channels", outChannels, 1);
    Checks.atLeast("conv2d", "kernel", kernel, 1);
    Checks.atLeast("conv2d", "stride", stride, 1);
    Checks.atLeast("conv2d", "padding", padding, 0);
    Checks.atLeast("conv2d", "dilation", dilation, 1);
    Checks.atLeast("conv2d", "groups", groups, 1);
    if (outChannels % groups != 0) {
      throw new InvalidArgumentException(
          "conv2d: out_channels " + outChannels + " is not a multiple of groups " + groups);
    }
  }

  public Conv2d(int outChannels, Size kernel) {
    this(outChannels, kernel, Size.of(1), Size.of(0), Size.of(1), 1, true);
  }

  public Conv2d(int outChannels, int kernel) {
    this(outChannels, Size.of(kernel));
  }

  public Conv2d stride(Size s) {
    return new Conv2d(outChannels, kernel, s, padding, dilation, groups, bias);
  }

  public Conv2d stride(int s) {
    return stride(Size.of(s));
  }

  public Conv2d padding(Size p) {
    return new Conv2d(outChannels, kernel, stride, p, dilation, groups, bias);
  }

  public Conv2d padding(int p) {
    return padding(Size.of(p));
  }

  public Conv2d dilation(Size d) {
    return new Conv2d(outChannels, kernel, stride, padding, d, groups, bias);
  }

  public Conv2d dilation(int d) {
    return dilation(Size.of(d));
  }

  public Conv2d groups(int g) {
    return new Conv2d(outChannels, kernel, stride, padding, dilation, g, bias);
  }

  public Conv2d bias(boolean b) {
    return new Conv2d(outChannels, kernel, stride, padding, dilation, groups, b);
  }

  @Override
  public String type() {
    return "conv2d";
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("conv2d", input);
    if (input.dim(0) < 1 || input.dim(0) % groups != 0) {
      throw new ShapeException(
          "conv2d: "
              + input.dim(0)
              + " input channels are not a positive multiple of groups "
              + groups);
    }
    Size out = Checks.windows("conv2d", input, kernel, stride, padding, dilation, false);
    return Shape.of(outChannels, out.height(), out.width());
  }

  /** The weight's shape for an input of {@code channels} channels. */
  public Shape weightShape(long channels) {
    return Shape.of(outChannels, channels / groups, kernel.height(), kernel.width());
  }

  @Override
  public List<Parameter> parameters(Shape input) {
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
    return Math.multiplyExact(
        outputShape(input).elements(), weightShape(input.dim(0)).sample().elements());
  }
}
