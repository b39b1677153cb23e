package dev.quern.report.data;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How good the answers of one output are.
 *
 * @param task its kind, for example {@code single_label}
 * @param samples that were looked at
 * @param classes names; as many as the confusion has rows
 * @param confusion {@code [label][answer]}; none where there is none, or where classes are many
 * @param pairs the classes that are most often taken for another
 * @param calibration none where answers are no classes that exclude each other
 * @param mistakes the most confident ones, the worst first
 * @param gallery samples at equal distances in the set, right and wrong; none in files of before
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
      throw new IllegalArgumentException("a confusion is not square");
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
   * The answers of about one confidence.
   *
   * @param confidence their mean
   * @param right the share of them that is right
   */
  public record Bin(double confidence, double right, long count) {}

  /**
   * A sample and its prediction.
   *
   * @param index of the sample in its set
   * @param confidence the answer's probability
   * @param labelProbability that of the label
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
