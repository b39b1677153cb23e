package dev.quern.layer;

import dev.quern.internal.Require;

/**
 * A fully connected layer of quantized weights.
 *
 * @param plain its features and whether it has a bias, which stays in floats
 */
public record QuantizedLinear(Linear plain) implements Quantized {
  public QuantizedLinear {
    Require.present("quantized_linear", "plain", plain);
  }

  @Override
  public int channels() {
    return plain.outFeatures();
  }
}
