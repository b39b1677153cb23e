package dev.quern.train;

import java.util.ArrayList;
import java.util.List;

/** The listener that records a learning-rate range test and ends it. Not thread-safe. */
final class RangeTest implements TrainingListener {
  /** Decay of the exponential moving average of losses, as in fastai. */
  private static final double DECAY = 0.98;

  private final LearningRateFinder rule;
  private final Trainer trainer;
  private final List<LearningRateCurve.Point> points = new ArrayList<>();

  /**
   * The learning rate of the current update, which may accumulate the gradients of several steps.
   */
  private double lr = Double.NaN;

  private double lossSum;
  private int losses;
  private double mean;
  private double best = Double.POSITIVE_INFINITY;
  private boolean diverged;

  RangeTest(LearningRateFinder rule, Trainer trainer) {
    this.rule = rule;
    this.trainer = trainer;
  }

  @Override
  public void onStep(Step step) {
    if (step.lr() != lr) {
      add();
      lr = step.lr();
    }
    lossSum += step.loss();
    losses++;
    if (diverged || step.lr() >= rule.to() * (1 - 1e-9)) {
      trainer.stop();
    }
  }

  private void add() {
    if (losses == 0) {
      return;
    }
    double loss = lossSum / losses;
    lossSum = 0;
    losses = 0;
    mean = DECAY * mean + (1 - DECAY) * loss;
    double smoothed = mean / (1 - Math.pow(DECAY, points.size() + 1));
    points.add(new LearningRateCurve.Point(lr, loss, smoothed));
    best = Math.min(best, smoothed);
    diverged = smoothed > best + (rule.divergence() - 1) * Math.abs(best);
  }

  boolean isEmpty() {
    return points.isEmpty() && losses == 0;
  }

  /**
   * Returns the curve recorded so far.
   *
   * @param failed whether a loss was NaN or infinite
   */
  LearningRateCurve curve(boolean failed) {
    add();
    return new LearningRateCurve(points, diverged || failed);
  }
}
