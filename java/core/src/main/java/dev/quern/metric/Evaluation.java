package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The result of evaluating a network on a data set.
 *
 * @param accuracy the accuracy, in [0, 1]. With cross-entropy, the fraction of images whose largest
 *     output is at the index of the label or of the largest target; with binary cross-entropy, the
 *     fraction of outputs whose probability is on the same side of 0.5 as the target; NaN for
 *     losses without accuracy, such as mse and huber
 * @param loss the mean loss, without label smoothing and weights
 * @param images the number of evaluated images
 * @param metrics the metrics of {@link Scorer} for the output's task, by name, or by {@code
 *     output.metric} if there are several outputs; empty if the outputs have no task
 */
public record Evaluation(double accuracy, double loss, int images, Map<String, Double> metrics) {
  public Evaluation {
    metrics = Require.all("evaluation", "metrics", metrics);
    if (accuracy < 0 || accuracy > 1) {
      throw new InvalidArgumentException("evaluation: accuracy " + accuracy + " is outside [0, 1]");
    }
    if (images < 0) {
      throw new InvalidArgumentException("evaluation: images " + images + " must be at least 0");
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
   *     metrics
   */
  public double metric(String name) {
    Double value = metrics.get(Require.present("evaluation", "name", name));
    if (value == null) {
      throw new InvalidArgumentException(
          "evaluation: unknown metric " + Names.shown(name) + ", found " + metrics.keySet());
    }
    return value;
  }

  /** Returns one line: accuracy (if it is NaN, the metrics instead), loss and number of images. */
  @Override
  public String toString() {
    Stream<String> quality =
        Double.isNaN(accuracy)
            ? metrics.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue() + ", ")
            : Stream.of("accuracy=" + accuracy + ", ");
    return quality.collect(
        Collectors.joining("", "Evaluation[", "loss=" + loss + ", images=" + images + "]"));
  }
}
