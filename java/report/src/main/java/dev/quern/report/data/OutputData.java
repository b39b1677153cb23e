package dev.quern.report.data;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The evaluation of one output of a network.
 *
 * @param task the kind of the output's task, for example {@code single_label}
 * @param samples the number of evaluated samples
 * @param scores the metrics by name
 * @param classes the class names, one for each row of the confusion matrix
 * @param confusion the confusion matrix {@code [label][prediction]}; empty for tasks without a
 *     confusion matrix, or with many classes
 * @param pairs the most frequent confusions, by descending frequency
 * @param rows the metrics of each class or regression output
 * @param calibration predictions grouped by confidence; empty for tasks other than single-label
 * @param mistakes the most confident mistakes, by descending confidence
 * @param gallery evenly spaced samples of the data set, with correct and wrong predictions; empty
 *     in files of older versions
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
    gallery = gallery == null ? List.of() : List.copyOf(gallery); // not in old files
    int size = confusion.size();
    if (name == null || task == null || (size > 0 && size != classes.size())) {
      throw new IllegalArgumentException("an output's name, task or classes are missing");
    }
    if (confusion.stream().anyMatch(row -> row.size() != size)) {
      throw new IllegalArgumentException("a confusion matrix must be square");
    }
  }

  /**
   * The metrics of one class or one regression output, by name.
   *
   * @param support the number of samples
   */
  public record Row(String name, long support, Map<String, Double> scores) {
    public Row {
      scores = Copies.map(scores);
    }
  }

  /** A confusion of two classes: the label, the predicted class, and the number of such samples. */
  public record Pair(String label, String answer, long count) {}

  /**
   * A bin of predictions with similar confidence.
   *
   * @param confidence the mean confidence, from 0 to 1
   * @param right the fraction of correct predictions
   * @param count the number of predictions
   */
  public record Bin(double confidence, double right, long count) {}

  /**
   * A sample and its prediction.
   *
   * @param index the index of the sample in its data set
   * @param answer the predicted class
   * @param confidence the probability of the predicted class
   * @param labelProbability the probability of the label
   * @param picture the sample as an image; null if it is not an image
   */
  public record Sample(
      int index,
      String label,
      String answer,
      double confidence,
      double labelProbability,
      @Nullable PictureData picture) {
    /** Returns a copy of this sample with an image. */
    public Sample with(@Nullable PictureData image) {
      return new Sample(index, label, answer, confidence, labelProbability, image);
    }
  }
}
