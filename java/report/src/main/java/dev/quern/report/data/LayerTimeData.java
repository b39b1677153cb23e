package dev.quern.report.data;

import java.util.List;

/**
 * What a layer took of a training step.
 *
 * @param fused layers that run with it
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
