package dev.quern.train;

import java.util.function.Supplier;

/** What the steps of a call of fit are: batches of a data set, or rounds of replicas. */
interface StepSource {
  /**
   * What a step was.
   *
   * @param loss mean of its images, before the update
   * @param correct right answers, before the update
   * @param answers right and wrong ones
   */
  record Result(int images, double loss, long correct, long answers) {}

  /** Of the data. */
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
   */
  Result step(int number, Supplier<String> place);

  /** Nothing of the user's is read from here on. */
  void end();
}
