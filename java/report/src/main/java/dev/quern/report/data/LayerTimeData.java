package dev.quern.report.data;

import java.util.List;

/**
 * The time of a layer in a training step.
 *
 * @param fused the names of other layers that run in the same operation
 * @param forward the seconds of the forward pass
 * @param backward the seconds of the backward pass
 */
public record LayerTimeData(
    String layer, String type, List<String> fused, double forward, double backward) {
  public LayerTimeData {
    fused = List.copyOf(fused);
    if (layer == null || type == null) {
      throw new IllegalArgumentException("a layer's name or type is missing");
    }
  }
}
