package dev.quern.reference.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.reference.internal.Require;
import java.util.Arrays;

/** Reference implementations of ROC AUC and average precision. */
public final class RankingReference {
  private RankingReference() {}

  /**
   * Returns the area under the ROC curve: the fraction of all pairs of a positive and a negative in
   * which the positive has the larger score. Equal scores count half; without pairs, the result is
   * NaN.
   *
   * @param labels 1 for a positive, 0 for a negative
   */
  public static double auc(double[] scores, int[] labels) {
    int[] own = checked("auc", scores, labels);
    double larger = 0;
    double pairs = 0;
    for (int p = 0; p < scores.length; p++) {
      for (int n = 0; n < scores.length; n++) {
        if (own[p] == 1 && own[n] == 0) {
          pairs++;
          larger += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0;
        }
      }
    }
    return larger / pairs;
  }

  /**
   * Returns the average precision: the sum of {@code precision * increase of recall} over all
   * scores as thresholds, from the highest to the lowest; 0 without positives.
   */
  public static double averagePrecision(double[] scores, int[] labels) {
    int[] own = checked("average_precision", scores, labels);
    double positives = Arrays.stream(own).sum();
    double[] thresholds = Arrays.stream(scores).distinct().sorted().toArray();
    double sum = 0;
    double before = 0;
    for (int t = thresholds.length - 1; t >= 0; t--) {
      double found = 0;
      double taken = 0;
      for (int i = 0; i < scores.length; i++) {
        if (scores[i] >= thresholds[t]) {
          taken++;
          found += own[i];
        }
      }
      double recall = positives == 0 ? 0 : found / positives;
      sum += found / taken * (recall - before);
      before = recall;
    }
    return sum;
  }

  private static int[] checked(String operation, double[] scores, int[] given) {
    Require.present(operation, "scores, labels", scores, given);
    int[] labels = given.clone();
    if (scores.length != labels.length) {
      throw new InvalidArgumentException(
          operation + ": " + labels.length + " labels do not fit " + scores.length + " scores");
    }
    return labels;
  }
}
