package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.NetworkData;
import dev.quern.network.Network;
import dev.quern.plan.loss.Logits;
import dev.quern.plan.loss.LossRules;
import dev.quern.plan.loss.OutputLoss;
import java.util.List;
import java.util.function.Supplier;

/**
 * The validation settings of a {@link TrainerBuilder}: the validation set and the rules that depend
 * on it. Not thread-safe.
 */
final class Validation {
  /** Reads name, size and shape of the validation set; null without a validation set. */
  Supplier<NetworkData> set;

  EarlyStopping earlyStopping;
  ReduceOnPlateau plateau;

  /** The validation set, read when the trainer is built; null without a validation set. */
  NetworkData data;

  /**
   * Reads the validation set and checks the rules against it.
   *
   * @param losses the losses of the builder's network
   * @throws InvalidArgumentException if a rule has no validation set, or names a metric that the
   *     set does not have
   */
  void read(Logits logits, Network network, List<OutputLoss> losses) {
    if (earlyStopping != null && set == null) {
      throw new InvalidArgumentException("trainer: early stopping requires a validation set");
    }
    if (plateau != null && set == null) {
      throw new InvalidArgumentException("trainer: reduce on plateau requires a validation set");
    }
    if (set != null) {
      data = set.get();
      LossRules.requireData(logits.losses(), logits.network(), data);
    }
    if (earlyStopping != null) {
      LossRules.requireGoal("early stopping", earlyStopping.goal(), network, losses);
    }
    if (plateau != null) {
      LossRules.requireGoal("reduce on plateau", plateau.goal(), network, losses);
    }
  }
}
