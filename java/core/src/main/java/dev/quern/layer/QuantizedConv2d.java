package dev.quern.layer;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.internal.Checks;

/**
 * A two-dimensional convolution with quantized weights.
 *
 * @param plain the float convolution: kernel, stride, padding, dilation, groups and bias; the bias
 *     is not quantized
 * @param quantMax the largest magnitude of a weight: 127 (one byte) or 254 (two bytes)
 */
public record QuantizedConv2d(Conv2d plain, int quantMax) implements Quantized {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<QuantizedConv2d> TYPE =
      LayerType.of("quantized_conv2d", QuantizedConv2d.class)
          .all(Conv2d.TYPE, QuantizedConv2d::plain)
          .integer("quant_max", LARGEST, QuantizedConv2d::quantMax)
          .made(v -> new QuantizedConv2d(Conv2d.TYPE.make(v), v.integer("quant_max")));

  /**
   * Checks the arguments.
   *
   * @throws dev.quern.error.InvalidArgumentException if quantMax is neither 127 nor 254
   */
  public QuantizedConv2d {
    Require.present("quantized_conv2d", "plain", plain);
    Checks.quantMax("quantized_conv2d", quantMax);
  }

  /** Creates the layer with int8 weights, one byte per weight. */
  public QuantizedConv2d(Conv2d plain) {
    this(plain, LARGEST);
  }

  @Override
  public int channels() {
    return plain.outChannels();
  }
}
