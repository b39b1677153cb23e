package dev.quern.report.data;

import java.util.List;

/**
 * The time that a layer takes in a training step.
 *
 * @param fused the names of other layers that are fused into this layer's operation
 * @param forward the time of the forward pass, in seconds
 * @param backward the time of the backward pass, in seconds
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
