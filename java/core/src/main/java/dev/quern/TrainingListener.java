package dev.quern;

/** Hears how training goes, on the training thread. An exception thrown here ends the training. */
public interface TrainingListener {
  /**
   * A finished step.
   *
   * @param epoch counted from 1
   * @param step of the epoch, counted from 1
   * @param steps in the epoch
   * @param images in this step
   * @param loss of this step
   */
  record Step(int epoch, int step, int steps, int images, double loss) {}

  default void onStep(Step step) {}

  default void onEpoch(History.Epoch epoch) {}
}
