package dev.quern.layer;

import dev.quern.internal.Require;

/**
 * A two-dimensional convolution of quantized weights.
 *
 * @param plain its kernel, stride, padding, dilation, groups and bias; the bias stays in floats
 */
public record QuantizedConv2d(Conv2d plain) implements Quantized {
  public QuantizedConv2d {
    Require.present("quantized_conv2d", "plain", plain);
  }

  @Override
  public int channels() {
    return plain.outChannels();
  }
}
