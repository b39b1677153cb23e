package dev.quern.report.data;

import java.util.List;

/**
 * Profile of a training step.
 *
 * @param samples number of samples per step
 * @param steps number of steps over which medians are taken
 * @param loss in seconds
 * @param seconds time of forward passes, losses and backward passes together
 */
public record StepTimeData(
    int samples, int steps, List<LayerTimeData> layers, double loss, double seconds) {
  public StepTimeData {
    layers = List.copyOf(layers);
  }
}
