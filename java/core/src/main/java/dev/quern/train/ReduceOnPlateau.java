package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Require;
import dev.quern.metric.Goal;
import java.util.List;

/**
 * Lowers the learning rate when the validation set has not improved for a while: PyTorch's
 * ReduceLROnPlateau with its relative threshold. A pure function of the epochs of the present call
 * of fit, so that a resumed run decides as the uninterrupted one. What comes out is multiplied with
 * the schedule's factor.
 *
 * @param goal what must improve; an epoch in which it is NaN is one without improvement
 * @param factor by which the rate is multiplied, in (0, 1)
 * @param patience epochs without improvement that are let pass, at least 0
 * @param threshold by what part of the best value another must be better to count, at least 0
 * @param minLr below which the optimizer's rate does not go, at least 0; rates of a group follow in
 *     proportion
 * @param cooldown epochs after a reduction in which none are counted, at least 0
 */
public record ReduceOnPlateau(
    Goal goal, double factor, int patience, double threshold, double minLr, int cooldown) {
  /** A smaller change of the rate is none: PyTorch's eps. */
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

  /** By the validation loss, with PyTorch's defaults: factor 0.1, patience 10, threshold 1e-4. */
  public ReduceOnPlateau() {
    this(Goal.LOSS, 0.1, 10);
  }

  /** With PyTorch's threshold of 1e-4, any rate, and no cooldown. */
  public ReduceOnPlateau(Goal goal, double factor, int patience) {
    this(goal, factor, patience, 1e-4, 0, 0);
  }

  private static void requireLeast(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new InvalidArgumentException(
          "plateau: " + what + " " + value + " is not a number of at least 0");
    }
  }

  /**
   * What the rate is multiplied by after these epochs, each with its validation.
   *
   * @param lr the optimizer's own
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
