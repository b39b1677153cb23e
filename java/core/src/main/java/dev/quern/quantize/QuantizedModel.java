package dev.quern.quantize;

import dev.quern.internal.Require;
import dev.quern.predict.ModelData;

/**
 * What {@link Quantization} gives.
 *
 * @param data the model, to be saved and run like any other
 * @param report what was quantized, and what is lost
 */
public record QuantizedModel(ModelData data, QuantizationReport report) {
  public QuantizedModel {
    Require.present("quantized model", "data", data);
    Require.present("quantized model", "report", report);
  }
}
