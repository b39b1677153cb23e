package dev.quern.report.data;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of one output's predictions.
 *
 * @param task its kind, for example {@code single_label}
 * @param samples number of evaluated samples
 * @param classes names; as many as the confusion matrix has rows
 * @param confusion {@code [label][prediction]}; empty without a confusion matrix, or with many
 *     classes
 * @param pairs the most frequent confusions
 * @param calibration empty for tasks other than single-label
 * @param mistakes the most confident mistakes, the worst first
 * @param gallery samples at equal distances in the set, right and wrong; empty in older files
 */
public record OutputData(
    String name,
    String task,
    long samples,
    Map<String, Double> scores,
    List<String> classes,
    List<List<Long>> confusion,
    List<Pair> pairs,
    List<Row> rows,
    List<Bin> calibration,
    List<Sample> mistakes,
    List<Sample> gallery) {
  public OutputData {
    scores = Copies.map(scores);
    classes = List.copyOf(classes);
    confusion = confusion.stream().map(List::copyOf).toList();
    pairs = List.copyOf(pairs);
    rows = List.copyOf(rows);
    calibration = List.copyOf(calibration);
    mistakes = List.copyOf(mistakes);
    gallery = gallery == null ? List.of() : List.copyOf(gallery); // of before
    int size = confusion.size();
    if (name == null || task == null || (size > 0 && size != classes.size())) {
      throw new IllegalArgumentException("an output's name, task or classes are missing");
    }
    if (confusion.stream().anyMatch(row -> row.size() != size)) {
      throw new IllegalArgumentException("a confusion matrix is not square");
    }
  }

  /** A class, or a number of a regression, with its scores by name. */
  public record Row(String name, long support, Map<String, Double> scores) {
    public Row {
      scores = Copies.map(scores);
    }
  }

  /** How often one class is taken for another. */
  public record Pair(String label, String answer, long count) {}

  /**
   * Predictions with similar confidence.
   *
   * @param confidence their mean confidence
   * @param right fraction of correct ones
   */
  public record Bin(double confidence, double right, long count) {}

  /**
   * A sample and its prediction.
   *
   * @param index index of the sample in its set
   * @param confidence probability of the prediction
   * @param labelProbability probability of the label
   */
  public record Sample(
      int index,
      String label,
      String answer,
      double confidence,
      double labelProbability,
      @Nullable PictureData picture) {
    /** The same with its image. */
    public Sample with(@Nullable PictureData image) {
      return new Sample(index, label, answer, confidence, labelProbability, image);
    }
  }
}
