package dev.quern.report.data;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one output's predictions.
 *
 * @param task the kind of the output's task, for example {@code single_label}
 * @param samples the number of evaluated samples
 * @param classes the class names, one for each row of the confusion matrix
 * @param confusion {@code [label][prediction]}; empty without a confusion matrix, or with many
 *     classes
 * @param pairs the most frequent confusions
 * @param calibration empty for tasks other than single-label
 * @param mistakes the most confident mistakes, the worst first
 * @param gallery samples at equal distances in the set, with correct and wrong predictions; empty
 *     in older files
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
      throw new IllegalArgumentException("a confusion matrix must be square");
    }
  }

  /** A class, or a number of a regression, with its metrics by name. */
  public record Row(String name, long support, Map<String, Double> scores) {
    public Row {
      scores = Copies.map(scores);
    }
  }

  /** The number of samples of one class that are predicted as another. */
  public record Pair(String label, String answer, long count) {}

  /**
   * A group of predictions with similar confidence.
   *
   * @param confidence the mean confidence
   * @param right the fraction of correct predictions
   */
  public record Bin(double confidence, double right, long count) {}

  /**
   * A sample and its prediction.
   *
   * @param index the index of the sample in its set
   * @param confidence the probability of the prediction
   * @param labelProbability the probability of the label
   */
  public record Sample(
      int index,
      String label,
      String answer,
      double confidence,
      double labelProbability,
      @Nullable PictureData picture) {
    /** Returns a copy with an image. */
    public Sample with(@Nullable PictureData image) {
      return new Sample(index, label, answer, confidence, labelProbability, image);
    }
  }
}
