package dev.quern.report.data;

import java.util.List;

/**
 * Where the time of a training step goes.
 *
 * @param samples in it
 * @param steps of which these are the medians
 * @param loss in seconds
 * @param seconds of forward passes, losses and backward passes together
 */
public record StepTimeData(
    int samples, int steps, List<LayerTimeData> layers, double loss, double seconds) {
  public StepTimeData {
    layers = List.copyOf(layers);
  }
}
