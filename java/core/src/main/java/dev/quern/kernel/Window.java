package dev.quern.kernel;

import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;

/** Which pixels each output pixel of a convolution or pooling sees. */
public record Window(Size kernel, Size stride, Sides padding, Size dilation) {
  /** The same padding at opposite sides. */
  public Window(Size kernel, Size stride, Size padding, Size dilation) {
    this(kernel, stride, Sides.of(padding), dilation);
  }
}
