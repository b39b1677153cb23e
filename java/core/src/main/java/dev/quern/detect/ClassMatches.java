package dev.quern.detect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The matched detections of one class in all images, for each group of {@link Matching}. */
final class ClassMatches {
  static final Comparator<Detection> BEST_FIRST =
      Comparator.comparingDouble((Detection d) -> -d.score());

  /**
   * The matching result of one detection.
   *
   * @param rank rank among the detections of its image, from 0
   * @param right one bit per group, set if the detection is correct
   * @param ignored one bit per group, set if the detection is neither correct nor wrong
   */
  private record Verdict(double score, int rank, long right, long ignored) {
    boolean isRight(int group) {
      return (right & 1L << group) != 0;
    }

    boolean counts(int group) {
      return (ignored & 1L << group) == 0;
    }
  }

  private final List<Verdict> verdicts = new ArrayList<>();
  private final int[] wanted;

  /**
   * Creates an empty list of matches.
   *
   * @param groups the number of groups, at most 64
   */
  ClassMatches(int groups) {
    wanted = new int[groups];
  }

  /** Increases the number of true boxes to be detected in a group. */
  void want(int group, int count) {
    wanted[group] += count;
  }

  int wanted(int group) {
    return wanted[group];
  }

  /**
   * Adds a detection with its matching result.
   *
   * @param rank rank among the detections of its image, from 0
   * @param right one bit per group, set if the detection is correct
   * @param ignored one bit per group, set if the detection is neither correct nor wrong
   */
  void add(double score, int rank, long right, long ignored) {
    verdicts.add(new Verdict(score, rank, right, ignored));
  }

  /**
   * Returns the recall of a group, considering in each image only the {@code most} detections with
   * the highest scores.
   */
  double recall(int group, int most) {
    long right =
        verdicts.stream().filter(v -> v.rank < most && v.counts(group) && v.isRight(group)).count();
    return (double) right / wanted[group];
  }

  /**
   * The precision-recall curve of a group, in descending order of scores; detections of equal score
   * are in the order of images.
   *
   * @param recall fraction of the true boxes found so far
   * @param precision largest precision at this or a later point of the curve
   */
  record Curve(double[] recall, double[] precision) {
    /**
     * Returns the mean precision at {@code steps + 1} equally spaced recalls from 0 to 1. The
     * precision is 0 at recalls that are not reached.
     */
    double mean(int steps) {
      double sum = 0;
      int at = 0;
      for (int i = 0; i <= steps; i++) {
        double wanted = i * (1.0 / steps); // rounded as numpy's linspace and arange do
        while (at < recall.length && recall[at] < wanted) {
          at++;
        }
        sum += at < recall.length ? precision[at] : 0;
      }
      return sum / (steps + 1);
    }

    double area() {
      double sum = 0;
      for (int i = 0; i < recall.length; i++) {
        sum += (recall[i] - (i == 0 ? 0 : recall[i - 1])) * precision[i];
      }
      return sum;
    }
  }

  Curve curve(int group) {
    verdicts.sort(Comparator.comparingDouble(v -> -v.score));
    List<Verdict> sorted = verdicts.stream().filter(v -> v.counts(group)).toList();
    double[] recall = new double[sorted.size()];
    double[] precision = new double[sorted.size()];
    int right = 0;
    for (int i = 0; i < recall.length; i++) {
      right += sorted.get(i).isRight(group) ? 1 : 0;
      recall[i] = (double) right / wanted[group];
      precision[i] = right / (i + 1.0);
    }
    for (int i = recall.length - 2; i >= 0; i--) {
      precision[i] = Math.max(precision[i], precision[i + 1]);
    }
    return new Curve(recall, precision);
  }
}
