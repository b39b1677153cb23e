package dev.quern.layer;

import dev.quern.Shape;

/**
 * The largest value of each window: input {@code [N, C, H, W]}, output {@code [N, C, H', W']}. As
 * in PyTorch, the stride defaults to the kernel, padding counts as minus infinity, ceil mode rounds
 * the output size up, a NaN wins its window, and of equal maxima the first in row order receives
 * the gradient.
 */
public record MaxPool2d(Size kernel, Size stride, Size padding, Size dilation, boolean ceilMode)
    implements Layer {

  public MaxPool2d {
    Checks.atLeast("max_pool2d", "kernel", kernel, 1);
    Checks.atLeast("max_pool2d", "stride", stride, 1);
    Checks.atLeast("max_pool2d", "padding", padding, 0);
    Checks.atLeast("max_pool2d", "dilation", dilation, 1);
    Checks.poolPadding("max_pool2d", kernel, padding);
  }

  public MaxPool2d(Size kernel) {
    this(kernel, kernel, Size.of(0), Size.of(1), false);
  }

  public MaxPool2d(int kernel) {
    this(Size.of(kernel));
  }

  public MaxPool2d stride(Size s) {
    return new MaxPool2d(kernel, s, padding, dilation, ceilMode);
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

  public MaxPool2d dilation(Size d) {
    return new MaxPool2d(kernel, stride, padding, d, ceilMode);
  }

  public MaxPool2d dilation(int d) {
    return dilation(Size.of(d));
  }

  public MaxPool2d ceilMode(boolean c) {
    return new MaxPool2d(kernel, stride, padding, dilation, c);
  }

  @Override
  public String type() {
    return "max_pool2d";
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("max_pool2d", input);
    Size out = Checks.windows("max_pool2d", input, kernel, stride, padding, dilation, ceilMode);
    return Shape.of(input.dim(0), out.height(), out.width());
  }
}
