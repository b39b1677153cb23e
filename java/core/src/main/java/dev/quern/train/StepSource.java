package dev.quern.train;

import java.util.function.Supplier;

/** Source of the steps of a call of fit: batches of a data set, or rounds of replicas. */
interface StepSource {
  /** Name of the data. */
  String name();

  /** In an epoch. */
  int images();

  /** In an epoch. */
  int steps();

  /**
   * Makes ready for an epoch, or for the rest of one.
   *
   * @param epoch counted from 1 over all calls of fit
   * @param run that it is of
   */
  void begin(int epoch, FitRun run);

  /**
   * Takes one step, which moves the weights.
   *
   * @param number counted from 0
   * @param place names the step in a message
   * @return the mean loss of its images, before the update
   */
  double step(int number, Supplier<String> place);

  /** Images of the step that was taken. */
  int count();

  /** Correct predictions in the step, before the update. */
  long correct();

  /** Predictions in the step, correct or not. */
  long answers();

  /** Nothing of the user's is read from here on. */
  void end();
}
