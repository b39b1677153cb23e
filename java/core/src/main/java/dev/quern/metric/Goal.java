package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import dev.quern.internal.messages.NearNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A metric by which epochs are compared, and the direction in which it improves.
 *
 * @param name {@code loss}, {@code accuracy}, or one of {@link Evaluation#metrics()}
 * @param higher whether a higher value is better
 */
public record Goal(String name, boolean higher) {
  /** The loss ({@link Evaluation#loss}); lower is better. */
  public static final Goal LOSS = new Goal("loss", false);

  /** The accuracy ({@link Evaluation#accuracy}); higher is better. */
  public static final Goal ACCURACY = new Goal("accuracy", true);

  /** Suffixes of metrics for which lower is better. */
  private static final List<String> LOWER =
      List.of("loss", "log_loss", "calibration_error", "rmse", "mae", "max_error");

  private static final List<String> HIGHER =
      List.of(
          "accuracy",
          "pixel_accuracy",
          "exact_match",
          "precision_macro",
          "precision_micro",
          "precision_weighted",
          "recall_macro",
          "recall_micro",
          "recall_weighted",
          "f1_macro",
          "f1_micro",
          "f1_weighted",
          "auc_macro",
          "average_precision_macro",
          "mean_iou",
          "mean_dice",
          "r2",
          "psnr");

  public Goal {
    Require.present("goal", "name", name);
  }

  /**
   * Returns the goal of a built-in metric: {@code loss}, {@code accuracy}, or a metric of {@link
   * Scorer}, named {@code output.metric} for a network with several outputs.
   *
   * @throws InvalidArgumentException if the metric is unknown; the message lists similar names
   */
  public static Goal of(String name) {
    String score = Require.present("goal", "name", name).substring(name.lastIndexOf('.') + 1);
    boolean top = score.toLowerCase(Locale.ROOT).matches("top[0-9]{1,4}_accuracy");
    if (LOWER.contains(score)) {
      return new Goal(name, false);
    }
    if (HIGHER.contains(score) || top) {
      return new Goal(name, true);
    }
    List<String> all = new ArrayList<>(HIGHER);
    all.addAll(LOWER);
    throw new InvalidArgumentException(
        "goal: unknown metric " + Names.shown(name) + NearNames.text(score, all));
  }

  /**
   * Returns the metric's value in an evaluation; NaN if it is undefined there.
   *
   * @throws InvalidArgumentException if the evaluation does not have this metric; the message lists
   *     the existing metrics
   */
  public double value(Evaluation of) {
    Require.present("goal", "evaluation", of);
    if (name.equals(LOSS.name)) {
      return of.loss();
    }
    if (name.equals(ACCURACY.name) && !of.metrics().containsKey(name)) {
      return of.accuracy();
    }
    return of.metric(name);
  }

  /**
   * Returns whether {@code now} improves on {@code before} by more than {@code by}; any number is
   * better than NaN.
   */
  public boolean better(double now, double before, double by) {
    if (Double.isNaN(before)) {
      return !Double.isNaN(now);
    }
    return higher ? now > before + by : now < before - by;
  }
}
