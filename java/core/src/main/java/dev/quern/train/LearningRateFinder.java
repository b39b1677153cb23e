package dev.quern.train;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.feed.NetworkData;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;

/**
 * The learning-rate range test: trains for some steps while the rate increases exponentially, and
 * records the loss of each step. The test was proposed by Smith, "Cyclical Learning Rates for
 * Training Neural Networks", 2017; the details are those of fastai's lr_find. The rates of
 * parameter groups increase in proportion. Immutable and thread-safe.
 *
 * <pre>{@code
 * TrainerBuilder settings = Trainer.builder(network).optimizer(new AdamW()).batch(64);
 * LearningRateCurve curve = new LearningRateFinder().find(settings, train);
 * curve.steepest().ifPresent(lr -> settings.optimizer(new AdamW((float) lr)));
 * }</pre>
 *
 * @param from the first rate, above 0
 * @param to the last rate, above {@code from}
 * @param steps the number of weight updates, from 2 to 100,000
 * @param divergence the test stops when the smoothed loss exceeds its minimum so far times this
 *     factor; the factor is above 1, infinity to never stop
 */
public record LearningRateFinder(double from, double to, int steps, double divergence) {
  private static final String OPERATION = "learning rate finder";
  private static final int MOST_STEPS = 100_000;

  public LearningRateFinder {
    if (!(from > 0 && from < to) || Double.isInfinite(to)) {
      throw new InvalidArgumentException(
          OPERATION + ": rates from " + from + " to " + to + " must be above 0 and ascending");
    }
    if (steps < 2 || steps > MOST_STEPS) {
      throw new InvalidArgumentException(
          OPERATION + ": steps " + steps + " must be from 2 to " + MOST_STEPS);
    }
    if (!(divergence > 1)) {
      throw new InvalidArgumentException(
          OPERATION + ": divergence " + divergence + " must be greater than 1");
    }
  }

  /** Creates a test with fastai's defaults: from 1e-7 to 10 in 100 steps, divergence 4. */
  public LearningRateFinder() {
    this(1e-7, 10, 100, 4);
  }

  /**
   * Runs the test with a separate trainer, which starts from the builder's weights. The builder and
   * the data set are not changed. The builder's schedule, validation set, early stopping and
   * plateau rule are ignored.
   *
   * <p>An interrupt of the calling thread stops the test after the current step; the curve contains
   * the points so far, and the thread remains interrupted.
   *
   * @throws InvalidArgumentException if the optimizer's learning rate is 0, the data set is empty,
   *     or the thread is interrupted before the first step
   * @throws NumericException if the first loss is NaN or infinite; a later such loss ends the test
   * @throws dev.quern.error.DataException if the data set throws, or a sample does not match the
   *     set's shape and classes
   */
  public LearningRateCurve find(TrainerBuilder settings, Dataset data) {
    Require.present(OPERATION, "data", data);
    Network network = Require.present(OPERATION, "settings", settings).settings.network;
    int size = NetworkData.of(OPERATION, network, data).size();
    return find(settings, size, (trainer, epochs, heard) -> trainer.fit(data, epochs, heard));
  }

  /**
   * Runs the test as {@link #find(TrainerBuilder, Dataset)} does, for a network with any number of
   * inputs and outputs.
   */
  public LearningRateCurve find(TrainerBuilder settings, MultiDataset data) {
    Require.present(OPERATION, "data", data);
    Network network = Require.present(OPERATION, "settings", settings).settings.network;
    int size = NetworkData.of(OPERATION, network, data).size();
    return find(settings, size, (trainer, epochs, heard) -> trainer.fit(data, epochs, heard));
  }

  /** A call of fit with a data set of either kind. */
  private interface Fit {
    void run(Trainer trainer, int epochs, TrainingListener heard);
  }

  private LearningRateCurve find(TrainerBuilder builder, int size, Fit fit) {
    double own = builder.settings.optimizer.lr();
    if (!(own > 0)) {
      throw new InvalidArgumentException(
          OPERATION + ": the optimizer's learning rate must be above 0, found " + own);
    }
    try (Trainer trainer = builder.tester(at -> rate(at.step()) / own)) {
      RangeTest test = new RangeTest(this, trainer);
      try {
        fit.run(trainer, epochs(builder.settings, size), test);
      } catch (NumericException e) {
        if (test.isEmpty()) {
          throw e;
        }
        return test.curve(true);
      }
      if (test.isEmpty()) {
        throw new InvalidArgumentException(OPERATION + ": it was interrupted before step 1");
      }
      return test.curve(false);
    }
  }

  /**
   * Returns the learning rate of an update, counted from 0. Updates after the last step of the test
   * have the last rate.
   */
  private double rate(long update) {
    double part = Math.min(update, steps - 1) / (double) (steps - 1);
    return Math.pow(from, 1 - part) * Math.pow(to, part); // to / from could overflow
  }

  private int epochs(TrainerSettings settings, int size) {
    long batches = Math.max(1, ((long) size + settings.batch - 1) / settings.batch);
    long updates = (batches + settings.accumulate - 1) / settings.accumulate;
    return (int) ((steps + updates - 1) / updates);
  }
}
