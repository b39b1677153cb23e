package dev.quern.train;

import dev.quern.metric.Evaluation;
import java.util.Locale;

/** Text of listeners about a call of fit. Not thread-safe. */
final class EpochText {
  /** Epoch of the last reported step; 0 before the first. */
  private int epoch;

  private int epochs;

  /** Sums over that epoch. */
  private double lossSum;

  private double accuracySum;

  private long epochImages;

  /** Sums over all steps. */
  private long images;

  /** A call of fit begins. */
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

  /** How much of all epochs is done, from 0 to 1. */
  double part(TrainingListener.Step s) {
    return (s.epoch() - 1 + (double) s.step() / s.steps()) / s.epochs();
  }

  /** For example {@code epoch 3/10}; without the total if no step has reported it. */
  String epoch(int number) {
    return "epoch " + number + (epochs == 0 ? "" : "/" + epochs);
  }

  /** The mean loss of this epoch's steps, and their accuracy where there is one. */
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

  /** Nothing where the loss has none. */
  private static String accuracy(double a) {
    return Double.isNaN(a) ? "" : String.format(Locale.ROOT, " accuracy %.4f", a);
  }
}
