package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import java.util.Map;

/**
 * Result of evaluating a network on a data set.
 *
 * @param accuracy in [0, 1]. With cross-entropy the fraction of images with the largest output at
 *     their label, or at their largest target; with binary cross-entropy the fraction of correct
 *     outputs, which are above 0 (a probability above one half) exactly if the target is above 0.5;
 *     NaN with mse and huber, for which accuracy is not defined
 * @param loss the mean loss, without label smoothing and weights
 * @param images number of evaluated images
 * @param metrics metrics by name, those of {@link Scorer} for the output's task; with several
 *     outputs {@code output.metric}; empty if the outputs have no task
 */
public record Evaluation(double accuracy, double loss, int images, Map<String, Double> metrics) {
  public Evaluation {
    metrics = Require.all("evaluation", "metrics", metrics);
    if (accuracy < 0 || accuracy > 1) {
      throw new InvalidArgumentException("evaluation: accuracy " + accuracy + " is not in [0, 1]");
    }
    if (images < 0) {
      throw new InvalidArgumentException("evaluation: " + images + " images are below 0");
    }
  }

  /** Creates an evaluation without further metrics. */
  public Evaluation(double accuracy, double loss, int images) {
    this(accuracy, loss, images, Map.of());
  }

  /**
   * Returns a metric by its name.
   *
   * @throws InvalidArgumentException if the metric does not exist; the message lists the existing
   *     ones
   */
  public double metric(String name) {
    Double value = metrics.get(Require.present("evaluation", "name", name));
    if (value == null) {
      throw new InvalidArgumentException(
          "evaluation: unknown metric " + Names.shown(name) + " among " + metrics.keySet());
    }
    return value;
  }

  /** One line, without the metrics. */
  @Override
  public String toString() {
    return "Evaluation[accuracy=" + accuracy + ", loss=" + loss + ", images=" + images + "]";
  }
}
