package dev.quern.report.data;

import java.util.Map;

/**
 * The metrics of an epoch.
 *
 * @param loss the training loss
 * @param accuracy the training accuracy; NaN for losses without accuracy
 * @param seconds the duration in seconds
 * @param lr the learning rate at the epoch's last step; NaN if not recorded
 * @param validation loss, accuracy and the task's metrics on the validation set by name; empty
 *     without a validation set
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
