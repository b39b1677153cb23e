package dev.quern.train;

import dev.quern.metric.Evaluation;
import java.util.ArrayList;
import java.util.List;

/**
 * Hears how training goes, on the training thread. An exception thrown here ends the training. A
 * listener may ask its trainer to {@link Trainer#stop stop}, {@link Trainer#evaluate evaluate} and
 * tell its {@link Trainer#state state}; to fit, step, restore and close are refused. Calls of other
 * threads wait until fit returns, so that a listener must not wait for one.
 */
public interface TrainingListener {
  /**
   * A finished step.
   *
   * @param epoch counted from 1
   * @param step of the epoch, counted from 1
   * @param steps in the epoch
   * @param images in this step
   * @param loss of this step
   * @param lr the optimizer's learning rate at this step, by its schedule
   */
  record Step(int epoch, int step, int steps, int images, double loss, double lr) {}

  /**
   * A figure that was measured after an epoch, on the validation set.
   *
   * @param epoch counted from 1
   * @param name {@code validation_loss}, or {@code validation_accuracy} where the loss has one
   */
  record Metric(int epoch, String name, double value) {
    static List<Metric> of(int epoch, Evaluation validationOrNull) {
      List<Metric> all = new ArrayList<>();
      if (validationOrNull != null) {
        all.add(new Metric(epoch, "validation_loss", validationOrNull.loss()));
        if (!Double.isNaN(validationOrNull.accuracy())) {
          all.add(new Metric(epoch, "validation_accuracy", validationOrNull.accuracy()));
        }
      }
      return all;
    }
  }

  /** Called before the first step of a call of fit; what it throws leaves the trainer as it was. */
  default void onBegin() {}

  default void onStep(Step step) {}

  /** Called before {@link #onEpoch} of the same epoch. */
  default void onMetric(Metric metric) {}

  default void onEpoch(History.Epoch epoch) {}

  /**
   * Called last, once for each {@link #onBegin} that returned.
   *
   * @param endingOrNull why fit returns; null where it throws
   */
  default void onEnd(History.Ending endingOrNull) {}
}
