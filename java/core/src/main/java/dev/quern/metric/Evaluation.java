package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Names;
import dev.quern.internal.Require;
import java.util.Map;

/**
 * How well a network does on a data set.
 *
 * @param accuracy in [0, 1]. Under cross-entropy the share of images whose largest output is at
 *     their label, or where their target is largest; under binary cross-entropy the share of all
 *     outputs that are right, being above 0 (a probability above one half) exactly where the target
 *     is above 0.5; NaN under mse and huber, where nothing is right or wrong
 * @param loss the mean loss, without label smoothing and weights
 * @param images how many were looked at
 * @param scores by name, those of {@link Scorer} for the output's task; of several outputs {@code
 *     output.score}; none where nothing is known of the outputs
 */
public record Evaluation(double accuracy, double loss, int images, Map<String, Double> scores) {
  public Evaluation {
    scores = Require.all("evaluation", "scores", scores);
    if (accuracy < 0 || accuracy > 1) {
      throw new InvalidArgumentException("evaluation: accuracy " + accuracy + " is not in [0, 1]");
    }
    if (images < 0) {
      throw new InvalidArgumentException("evaluation: " + images + " images are fewer than none");
    }
  }

  /** Without scores. */
  public Evaluation(double accuracy, double loss, int images) {
    this(accuracy, loss, images, Map.of());
  }

  /**
   * A score by its name.
   *
   * @throws InvalidArgumentException if there is none; names all that are there
   */
  public double score(String name) {
    Double value = scores.get(Require.present("evaluation", "name", name));
    if (value == null) {
      throw new InvalidArgumentException(
          "evaluation: there is no score " + Names.shown(name) + " among " + scores.keySet());
    }
    return value;
  }

  /** One line, without the scores. */
  @Override
  public String toString() {
    return "Evaluation[accuracy=" + accuracy + ", loss=" + loss + ", images=" + images + "]";
  }
}
