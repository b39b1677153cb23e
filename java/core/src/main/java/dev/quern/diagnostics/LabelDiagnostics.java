package dev.quern.diagnostics;

import dev.quern.diagnostics.Finding.Kind;
import dev.quern.internal.arguments.Require;
import dev.quern.metric.ConfusionMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Finds labels that look wrong according to the predictions of a trained model. */
public final class LabelDiagnostics {
  /**
   * Two classes look swapped if more than this fraction of each is predicted as the other class.
   */
  private static final double SWAPPED = 0.5;

  private static final int FEWEST = 5;

  private LabelDiagnostics() {}

  /**
   * Finds pairs of classes whose labels look swapped: most samples of each class are predicted as
   * the other class.
   *
   * @param confusion confusion matrix of held-out samples
   */
  public static List<Finding> ofSwappedClasses(ConfusionMatrix confusion) {
    ConfusionMatrix c = Require.present("diagnostics", "confusion matrix", confusion);
    List<Finding> all = new ArrayList<>();
    for (int a = 0; a < c.size(); a++) {
      for (int b = a + 1; b < c.size(); b++) {
        if (isMostly(c, a, b) && isMostly(c, b, a)) {
          all.add(
              new Finding(
                  Kind.SUSPICIOUS_LABELS,
                  String.format(
                      Locale.ROOT,
                      "labels %s and %s look swapped: %d of %d %s are predicted as %s, %d of %d"
                          + " the other way round",
                      c.name(a),
                      c.name(b),
                      c.count(a, b),
                      c.support(a),
                      c.name(a),
                      c.name(b),
                      c.count(b, a),
                      c.support(b)),
                  "compare the folders or label files of training and held-out images"));
        }
      }
    }
    return List.copyOf(all);
  }

  private static boolean isMostly(ConfusionMatrix c, int label, int predicted) {
    return c.support(label) >= FEWEST && c.count(label, predicted) > SWAPPED * c.support(label);
  }

  /**
   * A training or held-out sample for which a model predicts another class than its label.
   *
   * @param sample name or number of the sample
   * @param label the sample's label
   * @param predicted the class that the model predicts
   * @param probability probability of the predicted class
   */
  public record Mistake(String sample, String label, String predicted, double probability) {
    public Mistake {
      Require.present("mistake", "sample", sample);
      Require.present("mistake", "label", label);
      Require.present("mistake", "predicted class", predicted);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s is labeled %s, predicted %s %.2f",
          sample,
          label,
          predicted,
          probability);
    }
  }

  /**
   * Returns a list with one finding about all mistakes with a probability of at least 0.95; empty
   * if there are no such mistakes.
   *
   * @param mistakes the mistakes, in descending order of probability
   * @param most maximum number of samples that the finding names
   */
  public static List<Finding> ofMistakes(List<Mistake> mistakes, int most) {
    List<Mistake> sure =
        Require.all("diagnostics", "mistakes", mistakes).stream()
            .filter(m -> m.probability() >= 0.95)
            .toList();
    if (sure.isEmpty()) {
      return List.of();
    }
    List<String> named = sure.stream().limit(most).map(Mistake::toString).toList();
    return List.of(
        new Finding(
            Kind.SUSPICIOUS_LABELS,
            sure.size()
                + (sure.size() == 1 ? " prediction" : " predictions")
                + " with a probability of at least 0.95 "
                + (sure.size() == 1 ? "differs" : "differ")
                + " from the label ("
                + String.join("; ", named)
                + (sure.size() > most ? "; ..." : "")
                + ")",
            "check these labels"));
  }
}
