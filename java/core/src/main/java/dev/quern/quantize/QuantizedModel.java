package dev.quern.quantize;

import dev.quern.internal.arguments.Require;
import dev.quern.predict.ModelData;

/**
 * Result of a {@link Quantization}.
 *
 * @param data the quantized model, which can be saved and loaded like any other model
 * @param report the quantized layers and their errors
 */
public record QuantizedModel(ModelData data, QuantizationReport report) {
  public QuantizedModel {
    Require.present("quantized model", "data", data);
    Require.present("quantized model", "report", report);
  }
}
