package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Result of evaluating a network on a data set.
 *
 * @param accuracy in [0, 1]. With cross-entropy the fraction of images with the largest output at
 *     their label, or at their largest target; with binary cross-entropy the fraction of correct
 *     outputs, which are above 0 (a probability above one half) exactly if the target is above 0.5;
 *     NaN with mse and huber, for which accuracy is not defined
 * @param loss the mean loss, without label smoothing and weights
 * @param images number of evaluated images
 * @param scores metrics by name, those of {@link Scorer} for the output's task; with several
 *     outputs {@code output.score}; empty if the outputs have no task
 */
public record Evaluation(double accuracy, double loss, int images, Map<String, Double> scores) {
  public Evaluation {
    scores = Require.all("evaluation", "scores", scores);
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
  public double score(String name) {
    Double value = scores.get(Require.present("evaluation", "name", name));
    if (value == null) {
      throw new InvalidArgumentException(
          "evaluation: unknown metric " + Names.shown(name) + " among " + scores.keySet());
    }
    return value;
  }

  /** One line: accuracy, or the scores where it is not defined; loss; number of images. */
  @Override
  public String toString() {
    Stream<String> quality =
        Double.isNaN(accuracy)
            ? scores.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue() + ", ")
            : Stream.of("accuracy=" + accuracy + ", ");
    return quality.collect(
        Collectors.joining("", "Evaluation[", "loss=" + loss + ", images=" + images + "]"));
  }
}
