package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;

/**
 * How well a network does on a data set.
 *
 * @param accuracy in [0, 1]. Under cross-entropy the share of images whose largest output is at
 *     their label, or where their target is largest; under binary cross-entropy the share of all
 *     outputs that are right, being above 0 (a probability above one half) exactly where the target
 *     is above 0.5; NaN under mse and huber, where nothing is right or wrong
 * @param loss the mean loss, without label smoothing and weights
 * @param images how many were looked at
 */
public record Evaluation(double accuracy, double loss, int images) {
  public Evaluation {
    if (accuracy < 0 || accuracy > 1) {
      throw new InvalidArgumentException("evaluation: accuracy " + accuracy + " is not in [0, 1]");
    }
    if (images < 0) {
      throw new InvalidArgumentException("evaluation: " + images + " images are fewer than none");
    }
  }
}
