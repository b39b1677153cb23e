package dev.quern.report.data;

import java.util.Map;

/**
 * An epoch.
 *
 * @param accuracy NaN where the loss has none
 * @param lr at the epoch's last step; NaN where nobody listened
 * @param validation by name: loss, accuracy and the task's scores; none where nothing was held out
 */
public record EpochData(
    int epoch,
    double loss,
    double accuracy,
    double seconds,
    double imagesPerSecond,
    double lr,
    Map<String, Double> validation) {
  public EpochData {
    validation = Copies.map(validation);
  }
}
