package dev.quern.kernel;

import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;

/** The window of a convolution or pooling operation. */
public record Window(Size kernel, Size stride, Sides padding, Size dilation) {
  /** Creates a window with equal padding on opposite sides. */
  public Window(Size kernel, Size stride, Size padding, Size dilation) {
    this(kernel, stride, Sides.of(padding), dilation);
  }
}
