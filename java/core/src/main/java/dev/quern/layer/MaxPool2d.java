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
 * The largest value of each window: input {@code [N, C, H, W]}, output {@code [N, C, H', W']}. As
 * in PyTorch, the stride defaults to the kernel, padding counts as minus infinity, ceil mode rounds
 * the output size up, a NaN wins its window, and of equal maxima the first in row order receives
 * the gradient.
 *
 * <p>Padding is the same at opposite sides or given by four sides. Each side's is less than the
 * kernel's extent, {@code dilation (kernel - 1) + 1}: PyTorch allows half of that, ONNX all of it.
 * A dilated window that steps over the whole input gives minus infinity.
 *
 * @param padding at opposite sides; 0 where {@code sides} says what it is
 * @param sides the padding where opposite sides differ; null otherwise
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

  /** The same padding at opposite sides. */
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

  /** By sides, in the order of {@link ZeroPad2d}. */
  public MaxPool2d padding(int left, int right, int top, int bottom) {
    Sides by = new Sides(left, right, top, bottom);
    return new MaxPool2d(kernel, stride, Size.of(0), dilation, ceilMode, by);
  }

  /** The padding of each side, in whichever way it was given. */
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
