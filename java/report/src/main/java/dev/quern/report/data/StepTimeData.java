package dev.quern.report.data;

import java.util.List;

/**
 * The profile of a training step.
 *
 * @param samples the number of samples per step
 * @param steps the number of steps over which medians are taken
 * @param loss the seconds of the losses
 * @param seconds the seconds of forward passes, losses and backward passes together
 */
public record StepTimeData(
    int samples, int steps, List<LayerTimeData> layers, double loss, double seconds) {
  public StepTimeData {
    layers = List.copyOf(layers);
  }
}
