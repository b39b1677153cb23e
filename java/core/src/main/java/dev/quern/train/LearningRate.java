package dev.quern.train;

import dev.quern.error.NumericException;
import dev.quern.internal.arguments.UserCode;
import dev.quern.optim.Schedule;

/** An optimizer's learning rate, adjusted by the schedule and the plateau rule. Not thread-safe. */
final class LearningRate {
  private final Schedule schedule;
  private final double own;
  private final int accumulate;
  private long update;
  private long updatesPerEpoch;

  /**
   * Total number of updates of the current call of fit; 0 outside of fit, where the factor is 1.
   */
  private long updates;

  /** The schedule's factor for the next update. */
  private double scheduled = 1;

  /** The plateau rule's factor. */
  private double plateau = 1;

  LearningRate(UpdateRules rules) {
    schedule = rules.schedule();
    own = rules.lr();
    accumulate = rules.accumulate();
  }

  /**
   * Starts or resumes a call of fit.
   *
   * @param epochs total number of epochs
   * @param stepsPerEpoch number of steps per epoch
   * @param done number of finished epochs
   * @param step number of finished steps in the first unfinished epoch
   */
  void begin(int epochs, int stepsPerEpoch, int done, int step) {
    updatesPerEpoch = (stepsPerEpoch + accumulate - 1) / accumulate;
    updates = Math.multiplyExact((long) epochs, updatesPerEpoch);
    // an epoch's last step always updates the weights
    long here = step == stepsPerEpoch ? updatesPerEpoch : step / accumulate;
    update = done * updatesPerEpoch + here;
    ask();
  }

  /** Resets the factors at the end of a call of fit. */
  void end() {
    updates = 0;
    scheduled = 1;
    plateau = 1;
  }

  /** Returns the learning rate for the next update. */
  double now() {
    return own * scheduled * plateau;
  }

  /** Returns the optimizer's initial learning rate. */
  double own() {
    return own;
  }

  /** Returns the factor by which all learning rates are multiplied in the next update. */
  double factor() {
    return scheduled * plateau;
  }

  double plateau() {
    return plateau;
  }

  void plateau(double of) {
    plateau = of;
  }

  /** Returns the completed fraction of the call of fit after the next update; 0 outside of fit. */
  double progress() {
    return updates == 0 ? 0 : (update + 1.0) / updates;
  }

  /**
   * Advances to the next update.
   *
   * @throws NumericException if the schedule's next factor is negative or not finite
   */
  void updated() {
    if (updates > 0) {
      update++;
      ask();
    }
  }

  /** Reads the factor of the next update from the schedule, which is called once per update. */
  private void ask() {
    scheduled =
        update < updates
            ? UserCode.answer("training: schedule", () -> schedule.factor(position()))
            : 1;
    if (!(scheduled >= 0) || Double.isInfinite(scheduled)) {
      throw new NumericException(
          "training: schedule factor "
              + scheduled
              + " of update "
              + update
              + " must be finite and at least 0");
    }
  }

  private Schedule.Position position() {
    return new Schedule.Position(update, updates, updatesPerEpoch);
  }
}
