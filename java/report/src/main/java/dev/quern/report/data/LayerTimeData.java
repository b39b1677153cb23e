package dev.quern.report.data;

import java.util.List;

/**
 * Time of a layer in a training step.
 *
 * @param fused layers that run in the same operation
 * @param forward in seconds
 * @param backward in seconds
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
