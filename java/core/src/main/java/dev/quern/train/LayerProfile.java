package dev.quern.train;

import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.ImageBatch;
import dev.quern.feed.NetworkData;
import dev.quern.plan.StepTimes;
import dev.quern.plan.loss.Logits;
import dev.quern.plan.loss.LossRules;
import dev.quern.profile.LayerTimes;
import java.util.Map;

/** Measures the time of a trainer's step by layer, for {@link Trainer#profile}. */
final class LayerProfile {
  static final String NAME = "profile";

  private LayerProfile() {}

  /**
   * Profiles the forward and backward pass of a number of steps.
   *
   * @throws InvalidArgumentException if the data set is empty, or the number of steps is out of
   *     range
   */
  static LayerTimes of(
      TrainerParts parts,
      TrainingStep step,
      Logits logits,
      Map<String, Normalization> normalizations,
      NetworkData data,
      int steps) {
    if (data.size() == 0) {
      throw new InvalidArgumentException(NAME + ": data set " + data.name() + " is empty");
    }
    StepTimes.requireCount(NAME, steps);
    LossRules.requireData(logits.losses(), logits.network(), data);
    LossRules.requireWeights(logits.losses(), data);
    int samples = Math.min(parts.plan.batch(), data.size());
    ImageBatch batch = new ImageBatch(data, null, 0, samples, null, null);
    return StepTimes.medians(
        logits.network(),
        parts.weights.implementations(),
        samples,
        step.profile(() -> parts.plan.load(batch, normalizations), steps));
  }
}
