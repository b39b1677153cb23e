package dev.quern.diagnostics;

import dev.quern.diagnostics.Finding.Kind;
import dev.quern.internal.arguments.Require;
import dev.quern.metric.ConfusionMatrix;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Report;
import dev.quern.train.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds likely problems of a training run from its epochs and the metrics on held-out samples.
 *
 * <pre>{@code
 * History history = trainer.fit(train, 20);
 * TrainingDiagnostics.of(history, trainer.evaluate(validation), null).forEach(System.out::println);
 * }</pre>
 */
public final class TrainingDiagnostics {
  /** Minimum number of epochs for a diagnosis of the loss. */
  private static final int FEWEST_EPOCHS = 3;

  private static final int FEWEST_SAMPLES = 20;

  /** Gap between training and held-out accuracy that counts as overfitting. */
  private static final double GAP = 0.15;

  /** Training has diverged if its loss exceeds this multiple of the loss of random guessing. */
  private static final double DIVERGED = 10;

  /** Minimum relative decrease of the loss; a smaller decrease does not count. */
  private static final double FALLEN = 0.02;

  /** Training accuracy above which the loss need not decrease. */
  private static final double LEARNT = 0.9;

  private static final double NEARLY_ALL = 0.98;

  private TrainingDiagnostics() {}

  /**
   * Returns the findings, the most serious one first; empty if there are none.
   *
   * @param history result of {@code fit}; the accuracy may be NaN, if the loss does not define
   *     accuracy
   * @param heldOut metrics on samples outside the training set
   * @param report report on the held-out samples; may be null
   */
  public static List<Finding> of(History history, Evaluation heldOut, @Nullable Report report) {
    Require.present("diagnostics", "history", history);
    Require.present("diagnostics", "held-out evaluation", heldOut);
    List<Finding> all = new ArrayList<>();
    ConfusionMatrix confusion = report == null ? null : report.confusion();
    List<History.Epoch> epochs = history.epochs();
    if (!epochs.isEmpty()) {
      boolean diverged = addDivergence(epochs, confusion, all);
      if (!diverged) {
        addStandstill(epochs, all);
        addGap(epochs.get(epochs.size() - 1), heldOut, all);
      }
    }
    if (confusion != null) {
      addOneClass(confusion, all);
    }
    return List.copyOf(all);
  }

  private static boolean addDivergence(
      List<History.Epoch> epochs, @Nullable ConfusionMatrix confusion, List<Finding> all) {
    double first = epochs.get(0).loss();
    double last = epochs.get(epochs.size() - 1).loss();
    double guessing = confusion == null ? first : Math.log(Math.max(2, confusion.size()));
    if (!(last > DIVERGED * guessing)) {
      return false;
    }
    all.add(
        new Finding(
            Kind.DIVERGED,
            String.format(
                Locale.ROOT,
                "training diverged: the loss is %.4g after %d epochs%s",
                last,
                epochs.size(),
                confusion == null
                    ? String.format(Locale.ROOT, ", it was %.4g after the first", first)
                    : String.format(Locale.ROOT, ", random guessing has %.3g", guessing)),
            "lower --lr (quern lr-find measures one), or --clip 1"));
    return true;
  }

  private static void addStandstill(List<History.Epoch> epochs, List<Finding> all) {
    History.Epoch first = epochs.get(0);
    History.Epoch last = epochs.get(epochs.size() - 1);
    double least = epochs.stream().mapToDouble(History.Epoch::loss).min().orElse(0);
    boolean learnt = last.accuracy() > LEARNT;
    if (epochs.size() >= FEWEST_EPOCHS && !learnt && least > first.loss() * (1 - FALLEN)) {
      all.add(
          new Finding(
              Kind.NOT_LEARNING,
              String.format(
                  Locale.ROOT,
                  "the loss does not fall: %.4f in epoch 1, %.4f in epoch %d",
                  first.loss(),
                  last.loss(),
                  last.epoch()),
              "another --lr (quern lr-find measures one), --optimizer adamw, or more --epochs"));
    }
  }

  private static void addGap(History.Epoch last, Evaluation heldOut, List<Finding> all) {
    double gap = last.accuracy() - heldOut.accuracy();
    if (heldOut.images() >= FEWEST_SAMPLES && gap > GAP) {
      all.add(
          new Finding(
              Kind.OVERFITTING,
              String.format(
                  Locale.ROOT,
                  "overfitting: accuracy is %.1f %% on training samples and %.1f %% on held-out"
                      + " ones",
                  100 * last.accuracy(),
                  100 * heldOut.accuracy()),
              "more images, --augment and --flip, or a pretrained model with --from"));
    }
  }

  private static void addOneClass(ConfusionMatrix c, List<Finding> all) {
    if (c.total() < FEWEST_SAMPLES) {
      return;
    }
    for (int p = 0; p < c.size(); p++) {
      long predicted = 0;
      for (int label = 0; label < c.size(); label++) {
        predicted += c.count(label, p);
      }
      if (predicted >= NEARLY_ALL * c.total() && c.support(p) < LEARNT * c.total()) {
        all.add(
            new Finding(
                Kind.ONE_CLASS,
                predicted + " of " + c.total() + " predictions are " + c.name(p),
                "lower --lr, more --epochs, or --balanced where classes differ in size"));
      }
    }
  }
}
