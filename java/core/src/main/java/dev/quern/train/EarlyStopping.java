package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Goal;
import java.util.List;
import java.util.Optional;

/**
 * Early stopping: ends training when the validation result has not improved for {@code patience}
 * epochs. The decision depends only on the results of the epochs so far, so a resumed run makes the
 * same decisions as an uninterrupted one.
 *
 * @param goal the metric that must improve
 * @param patience the number of epochs without improvement after which training ends, at least 1
 * @param minDelta the smallest change that counts as an improvement, at least 0
 */
public record EarlyStopping(Goal goal, int patience, double minDelta) {
  public EarlyStopping {
    Require.present("early stopping", "goal", goal);
    if (patience < 1) {
      throw new InvalidArgumentException(
          "early stopping: patience " + patience + " must be at least 1");
    }
    if (!(minDelta >= 0) || Double.isInfinite(minDelta)) {
      throw new InvalidArgumentException(
          "early stopping: minDelta " + minDelta + " must be finite and at least 0");
    }
  }

  /** Creates a rule for the validation loss with minDelta 0. */
  public EarlyStopping(int patience) {
    this(Goal.LOSS, patience, 0);
  }

  /** Returns whether training ends after these epochs, each of which has a validation result. */
  boolean ends(List<History.Epoch> epochs) {
    int best = best(goal, minDelta, epochs);
    return best >= 0 && epochs.size() - 1 - best >= patience;
  }

  /**
   * Returns the index of the epoch with the lowest validation loss or, without a validation set,
   * the lowest training loss. If several epochs are equal, returns the first; without epochs, -1.
   */
  public static int bestEpoch(List<History.Epoch> epochs) {
    return bestEpoch(epochs, Goal.LOSS);
  }

  /**
   * Returns the index of the best epoch by a metric of the validation set or, without a validation
   * set, by training loss. If several epochs are equal, returns the first; without epochs, -1.
   *
   * @throws InvalidArgumentException if the goal is not one of the validation metrics
   */
  public static int bestEpoch(List<History.Epoch> epochs, Goal goal) {
    List<History.Epoch> all = Require.all("early stopping", "epochs", epochs);
    Require.present("early stopping", "goal", goal);
    if (!all.isEmpty() && all.get(0).validation().isPresent()) {
      return best(goal, 0, all);
    }
    int best = -1;
    for (int i = 0; i < all.size(); i++) {
      best = best < 0 || all.get(i).loss() < all.get(best).loss() ? i : best;
    }
    return best;
  }

  /**
   * Returns the index of the best epoch among those with a validation result; -1 without such an
   * epoch.
   */
  private static int best(Goal goal, double minDelta, List<History.Epoch> epochs) {
    int best = -1;
    for (int i = 0; i < epochs.size(); i++) {
      Optional<Evaluation> now = epochs.get(i).validation();
      if (now.isPresent()
          && (best < 0
              || goal.better(
                  goal.value(now.get()),
                  goal.value(epochs.get(best).validation().get()),
                  minDelta))) {
        best = i;
      }
    }
    return best;
  }
}
