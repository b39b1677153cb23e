package dev.quern.report.data;

import java.util.List;

/**
 * The profile of a training step.
 *
 * @param samples the number of samples per step
 * @param steps the number of measured steps; times are medians over these steps
 * @param layers the time of each layer
 * @param loss the time of the losses, in seconds
 * @param seconds the time of forward passes, losses and backward passes together, in seconds
 */
public record StepTimeData(
    int samples, int steps, List<LayerTimeData> layers, double loss, double seconds) {
  public StepTimeData {
    layers = List.copyOf(layers);
  }
}
