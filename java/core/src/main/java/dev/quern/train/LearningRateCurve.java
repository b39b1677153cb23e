package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The result of a {@link LearningRateFinder}: the loss by learning rate. Immutable and thread-safe.
 *
 * @param points the points in order of increasing rate, at least one
 * @param diverged whether the test ended early because the loss diverged
 */
public record LearningRateCurve(List<Point> points, boolean diverged) {
  private static final String OPERATION = "learning rate curve";

  /** Minimum number of points for a suggestion. */
  private static final int LEAST_POINTS = 5;

  /**
   * A point of the curve: one update of the weights.
   *
   * @param lr the optimizer's learning rate in the update, above 0
   * @param loss the loss of the batch before the update
   * @param smoothed the bias-corrected exponential moving average of the losses, with decay 0.98
   */
  public record Point(double lr, double loss, double smoothed) {
    public Point {
      if (!(lr > 0) || Double.isInfinite(lr)) {
        throw new InvalidArgumentException(
            OPERATION + ": lr " + lr + " must be finite and above 0");
      }
    }
  }

  public LearningRateCurve {
    points = List.copyOf(Require.all(OPERATION, "points", points));
    if (points.isEmpty()) {
      throw new InvalidArgumentException(OPERATION + ": the list of points is empty");
    }
    for (int i = 1; i < points.size(); i++) {
      if (!(points.get(i).lr() > points.get(i - 1).lr())) {
        throw new InvalidArgumentException(
            OPERATION + ": lr " + points.get(i).lr() + " must be greater than the previous one");
      }
    }
  }

  /**
   * Returns the rate at which the smoothed loss decreases fastest over the logarithm of the rate;
   * empty if the loss never decreases, or there are fewer than 5 points. The first tenth of the
   * points is ignored, because the moving average has not settled there.
   */
  public OptionalDouble steepest() {
    double least = 0;
    OptionalDouble found = OptionalDouble.empty();
    for (int i = first() + 1; i < points.size() && points.size() >= LEAST_POINTS; i++) {
      Point a = points.get(i - 1);
      Point b = points.get(i);
      double slope = (b.smoothed() - a.smoothed()) / Math.log(b.lr() / a.lr());
      if (slope < least) {
        least = slope;
        found = OptionalDouble.of(a.lr());
      }
    }
    return found;
  }

  /**
   * Returns a tenth of the rate at which the smoothed loss is smallest, a common choice for the
   * maximum rate of a schedule; empty if {@link #steepest} is empty, or if the loss was still
   * decreasing at the end.
   */
  public OptionalDouble tenthOfMinimum() {
    if (steepest().isEmpty()) {
      return OptionalDouble.empty();
    }
    Point best = points.get(first());
    for (Point p : points.subList(first(), points.size())) {
      best = p.smoothed() < best.smoothed() ? p : best;
    }
    return best == points.get(points.size() - 1)
        ? OptionalDouble.empty()
        : OptionalDouble.of(best.lr() / 10);
  }

  private int first() {
    return points.size() / 10;
  }
}
