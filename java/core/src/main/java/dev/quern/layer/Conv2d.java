package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.kernel.Window;
import dev.quern.layer.LayerField.Padding;
import dev.quern.layer.internal.Checks;
import dev.quern.layer.internal.PaddedInput;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A two-dimensional convolution (computed as cross-correlation, as in all frameworks): input {@code
 * [N, C, H, W]}, weight {@code [outChannels, C / groups, kernel.height, kernel.width]}, bias {@code
 * [outChannels]}, output {@code [N, outChannels, H', W']} with {@code H' = (H + 2 padding -
 * dilation (kernel - 1) - 1) / stride + 1}, rounded down. Defaults are PyTorch's: stride 1, padding
 * 0, dilation 1, one group, with bias.
 *
 * <p>Padding is equal on opposite sides, or {@code "same"}, or specified for each of the four
 * sides. If opposite sides differ, the input is first copied to a zero-padded buffer.
 *
 * @param padding equal padding on opposite sides; 0 if {@code sides} or {@code same} is given
 * @param sides the padding of each side if opposite sides differ; otherwise null
 * @param same whether the output has the input's size, as with PyTorch's {@code padding="same"}:
 *     the padding of two opposite sides adds up to {@code dilation (kernel - 1)}; if this sum is
 *     odd, bottom and right have one pixel more. Requires stride 1
 */
public record Conv2d(
    int outChannels,
    Size kernel,
    Size stride,
    Size padding,
    Size dilation,
    int groups,
    boolean bias,
    @Nullable Sides sides,
    boolean same)
    implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Conv2d> TYPE =
      LayerType.of("conv2d", Conv2d.class)
          .integer("out_channels", Conv2d::outChannels)
          .size("kernel", Conv2d::kernel)
          .size("stride", Size.of(1), Conv2d::stride)
          .padding("padding", true, l -> new Padding(l.paddings(), l.same()))
          .size("dilation", Size.of(1), Conv2d::dilation)
          .integer("groups", 1, Conv2d::groups)
          .flag("bias", true, Conv2d::bias)
          .made(
              v -> {
                Padding p = v.padding("padding");
                boolean even = p.sides().isEven();
                return new Conv2d(
                    v.integer("out_channels"),
                    v.size("kernel"),
                    v.size("stride"),
                    even ? p.sides().begin() : Size.of(0),
                    v.size("dilation"),
                    v.integer("groups"),
                    v.flag("bias"),
                    even ? null : p.sides(),
                    p.same());
              });

  private static final Size NONE = Size.of(0);

  public Conv2d {
    Checks.atLeast("conv2d", "out_channels", outChannels, 1);
    Checks.atLeast("conv2d", "kernel", kernel, 1);
    Checks.atLeast("conv2d", "stride", stride, 1);
    Checks.atLeast("conv2d", "padding", padding, 0);
    Checks.atLeast("conv2d", "dilation", dilation, 1);
    Checks.groups("conv2d", outChannels, groups);
    if (sides != null) {
      Checks.padding("conv2d", sides.left(), sides.right(), sides.top(), sides.bottom());
      once(padding, same);
      if (sides.isEven()) {
        padding = sides.begin();
        sides = null;
      }
    }
    if (same) {
      once(padding, false);
      if (!stride.equals(Size.of(1))) {
        throw new InvalidArgumentException(
            "conv2d: padding \"same\" requires stride 1, found stride " + stride);
      }
      around(kernel.height(), dilation.height());
      around(kernel.width(), dilation.width());
    }
  }

  /**
   * Checks that padding is given in only one form: equal on opposite sides, per side, or "same".
   */
  private static void once(Size padding, boolean same) {
    if (same || !padding.equals(NONE)) {
      throw new InvalidArgumentException(
          "conv2d: found padding "
              + (same ? "\"same\"" : padding)
              + " and a second padding, expected only one");
    }
  }

  /** Returns the total padding along an axis that keeps its size, for padding "same". */
  private static int around(long kernel, long dilation) {
    long total = dilation * (kernel - 1);
    if (total > Integer.MAX_VALUE) {
      throw new InvalidArgumentException(
          "conv2d: padding \"same\" of kernel "
              + kernel
              + " and dilation "
              + dilation
              + " is "
              + total
              + ", which is over 2147483647");
    }
    return (int) total;
  }

  /** Creates the layer with equal padding on opposite sides. */
  public Conv2d(
      int outChannels,
      Size kernel,
      Size stride,
      Size padding,
      Size dilation,
      int groups,
      boolean bias) {
    this(outChannels, kernel, stride, padding, dilation, groups, bias, null, false);
  }

  public Conv2d(int outChannels, Size kernel) {
    this(outChannels, kernel, Size.of(1), Size.of(0), Size.of(1), 1, true);
  }

  public Conv2d(int outChannels, int kernel) {
    this(outChannels, Size.of(kernel));
  }

  public Conv2d stride(Size s) {
    return new Conv2d(outChannels, kernel, s, padding, dilation, groups, bias, sides, same);
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

  /** Returns a copy with the given padding of each side, in pixels, as in {@link ZeroPad2d}. */
  public Conv2d padding(int left, int right, int top, int bottom) {
    Sides by = new Sides(left, right, top, bottom);
    return new Conv2d(outChannels, kernel, stride, NONE, dilation, groups, bias, by, false);
  }

  /**
   * Returns a copy with PyTorch's padding mode.
   *
   * @param mode {@code "same"}: the output has the input's size, requires stride 1; or {@code
   *     "valid"}: no padding
   */
  public Conv2d padding(String mode) {
    if (!"same".equals(mode) && !"valid".equals(mode)) {
      throw new InvalidArgumentException(
          "conv2d: padding " + mode + " is neither \"same\" nor \"valid\"");
    }
    boolean keep = mode.equals("same");
    return new Conv2d(outChannels, kernel, stride, NONE, dilation, groups, bias, null, keep);
  }

  /** Returns the padding of each side in pixels, also for "same" and for equal padding. */
  public Sides paddings() {
    if (!same) {
      return sides == null ? Sides.of(padding) : sides;
    }
    int h = around(kernel.height(), dilation.height());
    int w = around(kernel.width(), dilation.width());
    return new Sides(w / 2, w - w / 2, h / 2, h - h / 2);
  }

  public Conv2d dilation(Size d) {
    return new Conv2d(outChannels, kernel, stride, padding, d, groups, bias, sides, same);
  }

  public Conv2d dilation(int d) {
    return dilation(Size.of(d));
  }

  public Conv2d groups(int g) {
    return new Conv2d(outChannels, kernel, stride, padding, dilation, g, bias, sides, same);
  }

  public Conv2d bias(boolean b) {
    return new Conv2d(outChannels, kernel, stride, padding, dilation, groups, b, sides, same);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("conv2d", input);
    Checks.channels("conv2d", input.dim(0), groups);
    PaddedInput padded = new PaddedInput(input, paddings());
    Window window = new Window(kernel, stride, padded.rest(), dilation);
    return Checks.windows("conv2d", padded.shape(), outChannels, window, false);
  }

  /** Returns the weight's shape for an input of {@code channels} channels. */
  public Shape weightShape(long channels) {
    Checks.channels("conv2d", channels, groups);
    return Shape.of(outChannels, channels / groups, kernel.height(), kernel.width());
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
    return Checks.product("conv2d", outputs, weightShape(input.dim(0)).sample().elements());
  }
}
