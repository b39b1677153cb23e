package dev.quern.report.measure;

import dev.quern.metric.Evaluation;
import dev.quern.report.data.EpochData;
import dev.quern.train.History;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Converts the epochs of a training history to the records of a report. */
public final class Epochs {
  private Epochs() {}

  /**
   * Converts an epoch.
   *
   * @param lr the learning rate at the epoch's last step; NaN if unknown
   */
  public static EpochData of(History.Epoch e, double lr) {
    return new EpochData(
        e.epoch(),
        e.loss(),
        e.accuracy(),
        e.seconds(),
        e.imagesPerSecond(),
        lr,
        e.validation().map(Epochs::figures).orElse(Map.of()));
  }

  private static Map<String, Double> figures(Evaluation v) {
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("loss", v.loss());
    if (!Double.isNaN(v.accuracy())) {
      all.put("accuracy", v.accuracy());
    }
    v.metrics().forEach(all::putIfAbsent);
    return all;
  }

  /** Returns the epochs of a history, with learning rates from the epochs in {@code heard}. */
  public static List<EpochData> of(History history, List<EpochData> heard) {
    Map<Integer, Double> rates = new LinkedHashMap<>();
    heard.forEach(e -> rates.put(e.epoch(), e.lr()));
    return history.epochs().stream()
        .map(e -> of(e, rates.getOrDefault(e.epoch(), Double.NaN)))
        .toList();
  }
}
