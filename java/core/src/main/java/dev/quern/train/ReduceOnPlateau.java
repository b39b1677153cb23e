package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.metric.Goal;
import java.util.List;

/**
 * Reduction of the learning rate on plateaus: lowers the rate when the validation result has not
 * improved for more than {@code patience} epochs, as PyTorch's ReduceLROnPlateau does with its
 * relative threshold. The decision depends only on the epochs of the current call of fit, so a
 * resumed run makes the same decisions as an uninterrupted one. The reduced rate is multiplied by
 * the schedule's factor.
 *
 * @param goal the metric that must improve; an epoch with NaN counts as an epoch without
 *     improvement
 * @param factor the factor of each reduction, in (0, 1)
 * @param patience the number of tolerated epochs without improvement, at least 0
 * @param threshold minimum relative improvement over the best value so far, at least 0
 * @param minLr lower bound of the optimizer's learning rate, at least 0; the rates of parameter
 *     groups are reduced in proportion
 * @param cooldown number of epochs after a reduction that do not count towards patience, at least 0
 */
public record ReduceOnPlateau(
    Goal goal, double factor, int patience, double threshold, double minLr, int cooldown) {
  /** Minimum change of the rate, PyTorch's eps; smaller changes are ignored. */
  private static final double LEAST_CHANGE = 1e-8;

  public ReduceOnPlateau {
    Require.present("plateau", "goal", goal);
    if (!(factor > 0 && factor < 1)) {
      throw new InvalidArgumentException("plateau: factor " + factor + " is outside (0, 1)");
    }
    if (patience < 0 || cooldown < 0) {
      throw new InvalidArgumentException(
          "plateau: patience " + patience + " and cooldown " + cooldown + " must be at least 0");
    }
    requireLeast("threshold", threshold);
    requireLeast("min_lr", minLr);
  }

  /**
   * Creates a rule for the validation loss with PyTorch's defaults: factor 0.1, patience 10,
   * threshold 1e-4.
   */
  public ReduceOnPlateau() {
    this(Goal.LOSS, 0.1, 10);
  }

  /**
   * Creates a rule with PyTorch's threshold of 1e-4, without a lower bound for the rate and without
   * cooldown.
   */
  public ReduceOnPlateau(Goal goal, double factor, int patience) {
    this(goal, factor, patience, 1e-4, 0, 0);
  }

  private static void requireLeast(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new InvalidArgumentException(
          "plateau: " + what + " " + value + " must be finite and at least 0");
    }
  }

  /**
   * Returns the factor of the learning rate after these epochs, each of which has a validation
   * result.
   *
   * @param lr the optimizer's learning rate
   */
  double factor(List<History.Epoch> epochs, double lr) {
    double rate = lr;
    double best = Double.NaN;
    int bad = 0;
    int cooling = 0;
    for (History.Epoch e : epochs) {
      double now = e.validation().map(goal::value).orElse(Double.NaN);
      if (Double.isNaN(best) ? !Double.isNaN(now) : better(now, best)) {
        best = now;
        bad = 0;
      } else {
        bad++;
      }
      if (cooling > 0) {
        cooling--;
        bad = 0;
      }
      if (bad > patience) {
        double lower = Math.max(rate * factor, minLr);
        rate = rate - lower > LEAST_CHANGE ? lower : rate;
        cooling = cooldown;
        bad = 0;
      }
    }
    return rate == lr ? 1 : rate / lr;
  }

  private boolean better(double now, double best) {
    return goal.higher() ? now > best * (1 + threshold) : now < best * (1 - threshold);
  }
}
