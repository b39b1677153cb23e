package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.kernel.Window;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;

/**
 * A two-dimensional deformable convolution, as torchvision's {@code deform_conv2d}: each kernel
 * element reads the image at its position plus an offset, by bilinear interpolation with zeros
 * outside the image. Inputs are the image {@code [N, C, H, W]}, the offsets {@code [N, 2 *
 * offsetGroups * kernel.height * kernel.width, H', W']} and, optionally, a mask {@code [N,
 * offsetGroups * kernel.height * kernel.width, H', W']}, which multiplies what is read. Weight,
 * bias and output are those of a {@link Conv2d} with the same options. The layer has gradients with
 * respect to all inputs.
 *
 * <p>Offsets are in pixels, y before x for each kernel element, in the order offset group, kernel
 * row, kernel column. Each offset group reads an equal number of consecutive channels. Positions
 * are computed in double precision; an offset that is not a number lies before the image. Defaults
 * are torchvision's: stride 1, padding 0, dilation 1, one group, with bias; and one offset group.
 *
 * <p>Without a mask: Dai et al., "Deformable Convolutional Networks", 2017. With a mask: Zhu et
 * al., "Deformable ConvNets v2: More Deformable, Better Results", 2019; there, the mask is the
 * output of a sigmoid.
 */
public record DeformConv2d(
    int outChannels,
    Size kernel,
    Size stride,
    Size padding,
    Size dilation,
    int groups,
    int offsetGroups,
    boolean bias)
    implements Layer {
  private static final String OP = "deform_conv2d";

  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<DeformConv2d> TYPE =
      LayerType.of(OP, DeformConv2d.class)
          .integer("out_channels", DeformConv2d::outChannels)
          .size("kernel", DeformConv2d::kernel)
          .size("stride", Size.of(1), DeformConv2d::stride)
          .size("padding", Size.of(0), DeformConv2d::padding)
          .size("dilation", Size.of(1), DeformConv2d::dilation)
          .integer("groups", 1, DeformConv2d::groups)
          .integer("offset_groups", 1, DeformConv2d::offsetGroups)
          .flag("bias", true, DeformConv2d::bias)
          .made(
              v ->
                  new DeformConv2d(
                      v.integer("out_channels"),
                      v.size("kernel"),
                      v.size("stride"),
                      v.size("padding"),
                      v.size("dilation"),
                      v.integer("groups"),
                      v.integer("offset_groups"),
                      v.flag("bias")));

  private static final int MASKED = 3;

  public DeformConv2d {
    Checks.atLeast(OP, "out_channels", outChannels, 1);
    Checks.atLeast(OP, "kernel", kernel, 1);
    Checks.atLeast(OP, "stride", stride, 1);
    Checks.atLeast(OP, "padding", padding, 0);
    Checks.atLeast(OP, "dilation", dilation, 1);
    Checks.groups(OP, outChannels, groups);
    Checks.atLeast(OP, "offset_groups", offsetGroups, 1);
    long elements = (long) kernel.height() * kernel.width();
    if (elements > Integer.MAX_VALUE / 2 / offsetGroups) {
      throw new InvalidArgumentException(
          OP
              + ": kernel "
              + kernel
              + " with "
              + offsetGroups
              + " offset_groups needs more than "
              + Integer.MAX_VALUE
              + " channels of offsets");
    }
  }

  public DeformConv2d(int outChannels, Size kernel) {
    this(outChannels, kernel, Size.of(1), Size.of(0), Size.of(1), 1, 1, true);
  }

  public DeformConv2d(int outChannels, int kernel) {
    this(outChannels, Size.of(kernel));
  }

  public DeformConv2d stride(Size s) {
    return new DeformConv2d(outChannels, kernel, s, padding, dilation, groups, offsetGroups, bias);
  }

  public DeformConv2d stride(int s) {
    return stride(Size.of(s));
  }

  public DeformConv2d padding(Size p) {
    return new DeformConv2d(outChannels, kernel, stride, p, dilation, groups, offsetGroups, bias);
  }

  public DeformConv2d padding(int p) {
    return padding(Size.of(p));
  }

  public DeformConv2d dilation(Size d) {
    return new DeformConv2d(outChannels, kernel, stride, padding, d, groups, offsetGroups, bias);
  }

  public DeformConv2d dilation(int d) {
    return dilation(Size.of(d));
  }

  public DeformConv2d groups(int g) {
    return new DeformConv2d(outChannels, kernel, stride, padding, dilation, g, offsetGroups, bias);
  }

  /** Returns a copy with another number of groups of channels with offsets of their own. */
  public DeformConv2d offsetGroups(int g) {
    return new DeformConv2d(outChannels, kernel, stride, padding, dilation, groups, g, bias);
  }

  public DeformConv2d bias(boolean b) {
    return new DeformConv2d(
        outChannels, kernel, stride, padding, dilation, groups, offsetGroups, b);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public boolean merges() {
    return true;
  }

  @Override
  public Shape outputShape(Shape input) {
    return outputShape(List.of(Checks.any(OP, input)));
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Checks.several(OP, inputs);
    if (all.size() != MASKED - 1 && all.size() != MASKED) {
      throw new ShapeException(OP + ": expects 2 or 3 inputs, found " + all.size());
    }
    Shape out = imageOutputShape(all.get(0));
    out = sized("offset", all.get(1), offsetChannels(), out);
    return all.size() == MASKED ? sized("mask", all.get(2), maskChannels(), out) : out;
  }

  /** Returns the number of channels of the offsets: y and x of each kernel element and group. */
  public int offsetChannels() {
    return 2 * maskChannels();
  }

  /** Returns the number of channels of the mask: one for each kernel element and offset group. */
  public int maskChannels() {
    return offsetGroups * kernel.height() * kernel.width();
  }

  /**
   * Returns the output shape for the shape of an image, without offsets: that of a {@link Conv2d}
   * with the same options.
   */
  public Shape imageOutputShape(Shape image) {
    Checks.image(OP, image);
    Checks.channels(OP, image.dim(0), groups);
    if (image.dim(0) % offsetGroups != 0) {
      throw new ShapeException(
          OP
              + ": "
              + image.dim(0)
              + " input channels must be a multiple of offset_groups "
              + offsetGroups);
    }
    Shape out =
        Checks.windows(
            OP, image, outChannels, new Window(kernel, stride, padding, dilation), false);
    // the kernel computes an image of what each kernel element reads
    Checks.output(
        OP,
        image.dim(0),
        Checks.side(out, 1, h -> h * kernel.height()),
        Checks.side(out, 2, w -> w * kernel.width()));
    return out;
  }

  /**
   * Checks an input with one pixel for each pixel of the output, and returns the output's shape: a
   * dynamic size becomes that of the input.
   */
  private static Shape sized(String what, Shape shape, int channels, Shape out) {
    boolean fits = shape.rank() == out.rank() && !shape.isFree(0) && shape.dim(0) == channels;
    for (int axis = 1; fits && axis < out.rank(); axis++) {
      fits = shape.isFree(axis) || out.isFree(axis) || shape.dim(axis) == out.dim(axis);
    }
    if (!fits) {
      throw new ShapeException(
          OP
              + ": "
              + what
              + " "
              + shape
              + " must have shape "
              + Shape.of(channels, size(out, 1), size(out, 2)));
    }
    return Shape.of(
        out.dim(0), size(out.isFree(1) ? shape : out, 1), size(out.isFree(2) ? shape : out, 2));
  }

  private static long size(Shape shape, int axis) {
    return Checks.side(shape, axis, size -> size);
  }

  /** Returns the weight's shape for an image of {@code channels} channels. */
  public Shape weightShape(long channels) {
    Checks.channels(OP, channels, groups);
    return Shape.of(outChannels, channels / groups, kernel.height(), kernel.width());
  }

  /** Returns weight and bias for the shape of the image. */
  @Override
  public List<Parameter> parameters(Shape input) {
    imageOutputShape(input);
    Shape weight = weightShape(input.dim(0));
    long fanIn = weight.sample().elements();
    List<Parameter> all = new ArrayList<>();
    all.add(new Parameter("weight", weight, fanIn));
    if (bias) {
      all.add(new Parameter("bias", Shape.of(outChannels), fanIn));
    }
    return all;
  }

  /**
   * Returns the number of multiply-adds for the shape of the image: those of the convolution and
   * four for each value that is interpolated.
   */
  @Override
  public long multiplyAdds(Shape input) {
    Shape out = imageOutputShape(input);
    long weights = weightShape(input.dim(0)).sample().elements();
    long read = Checks.product(OP, (long) kernel.height() * kernel.width(), input.dim(0));
    long pixels = out.dim(1) * out.dim(2);
    long each = Checks.product(OP, outChannels, weights);
    return Checks.product(OP, pixels, Math.addExact(each, Checks.product(OP, 4, read)));
  }
}
