package dev.quern.train;

import dev.quern.metric.Evaluation;
import java.util.Locale;

/** Progress texts for listeners that print the progress of a call of fit. Not thread-safe. */
final class EpochText {
  /** Epoch of the last reported step; 0 before the first step. */
  private int epoch;

  private int epochs;

  /** Sum of losses over the images of the current epoch. */
  private double lossSum;

  private double accuracySum;

  private long epochImages;

  /** Number of images in all steps. */
  private long images;

  /** Resets all counters at the start of a call of fit. */
  void begin() {
    epoch = 0;
    epochs = 0;
    images = 0;
  }

  void add(TrainingListener.Step s) {
    if (s.epoch() != epoch) {
      lossSum = 0;
      accuracySum = 0;
      epochImages = 0;
    }
    epoch = s.epoch();
    epochs = s.epochs();
    lossSum += s.loss() * s.images();
    accuracySum += s.accuracy() * s.images();
    epochImages += s.images();
    images += s.images();
  }

  long images() {
    return images;
  }

  /** Returns the completed fraction of all epochs, from 0 to 1. */
  double part(TrainingListener.Step s) {
    return (s.epoch() - 1 + (double) s.step() / s.steps()) / s.epochs();
  }

  /**
   * Returns text such as {@code epoch 3/10}, or {@code epoch 3} if no step has reported the total.
   */
  String epoch(int number) {
    return "epoch " + number + (epochs == 0 ? "" : "/" + epochs);
  }

  /** Returns the mean loss and, if available, the accuracy of the current epoch so far, as text. */
  String loss() {
    return String.format(Locale.ROOT, "loss %.4f", lossSum / epochImages)
        + accuracy(accuracySum / epochImages);
  }

  String line(History.Epoch e) {
    return String.format(
            Locale.ROOT,
            "%s loss %.4f%s seconds %.2f images/s %.0f",
            epoch(e.epoch()),
            e.loss(),
            accuracy(e.accuracy()),
            e.seconds(),
            e.imagesPerSecond())
        + e.validation().map(EpochText::validation).orElse("");
  }

  private static String validation(Evaluation e) {
    return String.format(Locale.ROOT, " validation loss %.4f%s", e.loss(), accuracy(e.accuracy()));
  }

  /** Returns an accuracy as text; empty for NaN. */
  private static String accuracy(double a) {
    return Double.isNaN(a) ? "" : String.format(Locale.ROOT, " accuracy %.4f", a);
  }
}
