package dev.quern.layer;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.internal.Checks;

/**
 * A fully connected layer with quantized weights.
 *
 * @param plain the float layer: output features and whether it has a bias, which is not quantized
 * @param quantMax the largest magnitude of a weight: 127 (one byte) or 254 (two bytes)
 */
public record QuantizedLinear(Linear plain, int quantMax) implements Quantized {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<QuantizedLinear> TYPE =
      LayerType.of("quantized_linear", QuantizedLinear.class)
          .all(Linear.TYPE, QuantizedLinear::plain)
          .integer("quant_max", LARGEST, QuantizedLinear::quantMax)
          .made(v -> new QuantizedLinear(Linear.TYPE.make(v), v.integer("quant_max")));

  /**
   * Checks the arguments.
   *
   * @throws dev.quern.error.InvalidArgumentException if quantMax is neither 127 nor 254
   */
  public QuantizedLinear {
    Require.present("quantized_linear", "plain", plain);
    Checks.quantMax("quantized_linear", quantMax);
  }

  /** Creates the layer with int8 weights, one byte per weight. */
  public QuantizedLinear(Linear plain) {
    this(plain, LARGEST);
  }

  @Override
  public int channels() {
    return plain.outFeatures();
  }
}
