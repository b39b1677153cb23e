package dev.quern.layer;

import dev.quern.kernel.Window;
import dev.quern.layer.LayerField.Padding;
import dev.quern.layer.internal.Checks;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import org.jspecify.annotations.Nullable;

/**
 * Average pooling: input {@code [N, C, H, W]}, output {@code [N, C, H', W']}. As in PyTorch, the
 * stride defaults to the kernel, and padded zeros count in the divisor unless {@code
 * countIncludePad} is false; positions that ceil mode adds beyond the padding never count.
 *
 * <p>Padding is equal on opposite sides, or specified for each of the four sides. Each side's
 * padding must be less than the kernel's extent, {@code dilation (kernel - 1) + 1}, as in ONNX;
 * PyTorch allows at most half the kernel. Unlike in PyTorch, windows can be dilated, as in ONNX; a
 * dilated window that contains no input pixel yields 0.
 *
 * @param padding equal padding on opposite sides; 0 if {@code sides} is given
 * @param sides the padding of each side if opposite sides differ; otherwise null
 */
public record AvgPool2d(
    Size kernel,
    Size stride,
    Size padding,
    Size dilation,
    boolean ceilMode,
    boolean countIncludePad,
    @Nullable Sides sides)
    implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<AvgPool2d> TYPE =
      LayerType.of("avg_pool2d", AvgPool2d.class)
          .size("kernel", AvgPool2d::kernel)
          .sizeAs("stride", "kernel", AvgPool2d::stride)
          .padding("padding", false, l -> new Padding(l.paddings(), false))
          .size("dilation", Size.of(1), AvgPool2d::dilation)
          .flag("ceil_mode", false, AvgPool2d::ceilMode)
          .flag("count_include_pad", true, AvgPool2d::countIncludePad)
          .made(
              v ->
                  new AvgPool2d(
                      v.size("kernel"),
                      v.size("stride"),
                      Size.of(0),
                      v.size("dilation"),
                      v.flag("ceil_mode"),
                      v.flag("count_include_pad"),
                      v.padding("padding").sides()));

  public AvgPool2d {
    PoolWindow.check("avg_pool2d", kernel, stride, padding, dilation, sides);
    if (sides != null && sides.isEven()) {
      padding = sides.begin();
      sides = null;
    }
  }

  /** Creates the layer without dilation and with equal padding on opposite sides. */
  public AvgPool2d(
      Size kernel, Size stride, Size padding, boolean ceilMode, boolean countIncludePad) {
    this(kernel, stride, padding, Size.of(1), ceilMode, countIncludePad, null);
  }

  public AvgPool2d(Size kernel) {
    this(kernel, kernel, Size.of(0), false, true);
  }

  public AvgPool2d(int kernel) {
    this(Size.of(kernel));
  }

  public AvgPool2d stride(Size s) {
    return new AvgPool2d(kernel, s, padding, dilation, ceilMode, countIncludePad, sides);
  }

  public AvgPool2d stride(int s) {
    return stride(Size.of(s));
  }

  public AvgPool2d padding(Size p) {
    return new AvgPool2d(kernel, stride, p, dilation, ceilMode, countIncludePad, null);
  }

  public AvgPool2d padding(int p) {
    return padding(Size.of(p));
  }

  /** Returns a copy with the given padding of each side, in pixels, as in {@link ZeroPad2d}. */
  public AvgPool2d padding(int left, int right, int top, int bottom) {
    Sides by = new Sides(left, right, top, bottom);
    return new AvgPool2d(kernel, stride, Size.of(0), dilation, ceilMode, countIncludePad, by);
  }

  /** Returns the padding of each side, whether given as {@code sides} or as {@code padding}. */
  public Sides paddings() {
    return PoolWindow.sides(padding, sides);
  }

  public AvgPool2d dilation(Size d) {
    return new AvgPool2d(kernel, stride, padding, d, ceilMode, countIncludePad, sides);
  }

  public AvgPool2d dilation(int d) {
    return dilation(Size.of(d));
  }

  public AvgPool2d ceilMode(boolean c) {
    return new AvgPool2d(kernel, stride, padding, dilation, c, countIncludePad, sides);
  }

  public AvgPool2d countIncludePad(boolean c) {
    return new AvgPool2d(kernel, stride, padding, dilation, ceilMode, c, sides);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("avg_pool2d", input);
    return Checks.windows("avg_pool2d", input, input.dim(0), window(), ceilMode);
  }

  private Window window() {
    return new Window(kernel, stride, paddings(), dilation);
  }
}
