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
 * Max pooling: input {@code [N, C, H, W]}, output {@code [N, C, H', W']}. As in PyTorch, the stride
 * defaults to the kernel, padding counts as minus infinity, ceil mode rounds the output size up, a
 * window that contains a NaN yields NaN, and the first of several equal maxima in row-major order
 * receives the gradient.
 *
 * <p>Padding is equal on opposite sides, or specified for each of the four sides. Each side's
 * padding must be less than the kernel's extent, {@code dilation (kernel - 1) + 1}, as in ONNX;
 * PyTorch allows at most half the kernel. A dilated window that contains no input pixel yields
 * minus infinity.
 *
 * @param padding equal padding on opposite sides; 0 if {@code sides} is given
 * @param sides the padding of each side if opposite sides differ; otherwise null
 */
public record MaxPool2d(
    Size kernel, Size stride, Size padding, Size dilation, boolean ceilMode, @Nullable Sides sides)
    implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<MaxPool2d> TYPE =
      LayerType.of("max_pool2d", MaxPool2d.class)
          .size("kernel", MaxPool2d::kernel)
          .sizeAs("stride", "kernel", MaxPool2d::stride)
          .padding("padding", false, l -> new Padding(l.paddings(), false))
          .size("dilation", Size.of(1), MaxPool2d::dilation)
          .flag("ceil_mode", false, MaxPool2d::ceilMode)
          .made(
              v ->
                  new MaxPool2d(
                      v.size("kernel"),
                      v.size("stride"),
                      Size.of(0),
                      v.size("dilation"),
                      v.flag("ceil_mode"),
                      v.padding("padding").sides()));

  public MaxPool2d {
    PoolWindow.check("max_pool2d", kernel, stride, padding, dilation, sides);
    if (sides != null && sides.isEven()) {
      padding = sides.begin();
      sides = null;
    }
  }

  /** Creates the layer with equal padding on opposite sides. */
  public MaxPool2d(Size kernel, Size stride, Size padding, Size dilation, boolean ceilMode) {
    this(kernel, stride, padding, dilation, ceilMode, null);
  }

  public MaxPool2d(Size kernel) {
    this(kernel, kernel, Size.of(0), Size.of(1), false);
  }

  public MaxPool2d(int kernel) {
    this(Size.of(kernel));
  }

  public MaxPool2d stride(Size s) {
    return new MaxPool2d(kernel, s, padding, dilation, ceilMode, sides);
  }

  public MaxPool2d stride(int s) {
    return stride(Size.of(s));
  }

  public MaxPool2d padding(Size p) {
    return new MaxPool2d(kernel, stride, p, dilation, ceilMode);
  }

  public MaxPool2d padding(int p) {
    return padding(Size.of(p));
  }

  /** Returns a copy with the given padding of each side, in pixels, as in {@link ZeroPad2d}. */
  public MaxPool2d padding(int left, int right, int top, int bottom) {
    Sides by = new Sides(left, right, top, bottom);
    return new MaxPool2d(kernel, stride, Size.of(0), dilation, ceilMode, by);
  }

  /** Returns the padding of each side, whether given as {@code sides} or as {@code padding}. */
  public Sides paddings() {
    return PoolWindow.sides(padding, sides);
  }

  public MaxPool2d dilation(Size d) {
    return new MaxPool2d(kernel, stride, padding, d, ceilMode, sides);
  }

  public MaxPool2d dilation(int d) {
    return dilation(Size.of(d));
  }

  public MaxPool2d ceilMode(boolean c) {
    return new MaxPool2d(kernel, stride, padding, dilation, c, sides);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("max_pool2d", input);
    return Checks.windows("max_pool2d", input, input.dim(0), window(), ceilMode);
  }

  private Window window() {
    return new Window(kernel, stride, paddings(), dilation);
  }
}
