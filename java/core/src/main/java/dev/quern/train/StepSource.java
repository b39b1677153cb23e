package dev.quern.train;

import java.util.function.Supplier;

/** The source of the steps of a call of fit: batches of a data set, or rounds of replicas. */
interface StepSource {
  /** Returns the name of the training data. */
  String name();

  /** Returns the number of images in an epoch. */
  int images();

  /** Returns the number of steps in an epoch. */
  int steps();

  /**
   * Prepares an epoch or, when training resumes, the rest of an epoch.
   *
   * @param epoch the epoch, counted from 1 over all calls of fit
   * @param run the call of fit
   */
  void begin(int epoch, FitRun run);

  /**
   * Runs one training step, which updates the weights.
   *
   * @param number the step in the epoch, counted from 0
   * @param place a function that returns a description of the step, for error messages
   * @return the mean loss of the step's images, before the update
   */
  double step(int number, Supplier<String> place);

  /** Returns the number of images of the last step. */
  int count();

  /** Returns the number of correct predictions in the last step, before the update. */
  long correct();

  /** Returns the number of predictions in the last step. */
  long answers();

  /** Stops reading the data set. Afterwards, no method of a custom data set is called. */
  void end();
}
