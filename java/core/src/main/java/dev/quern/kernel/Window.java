package dev.quern.kernel;

import dev.quern.tensor.Size;

/** Which pixels each output pixel of a convolution or pooling sees. */
public record Window(Size kernel, Size stride, Size padding, Size dilation) {}
