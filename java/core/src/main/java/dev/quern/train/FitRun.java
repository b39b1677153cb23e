package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.metric.Evaluation;
import dev.quern.plan.Evaluator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The progress of a running call of fit. Not thread-safe. */
final class FitRun {
  final List<History.Epoch> done;
  private final String data;
  private final int images;

  /** The number of epochs of the call, including finished epochs. */
  int epochs;

  /** The number of completed steps in the first unfinished epoch. */
  int step;

  double lossSum;
  long correct;
  long answers;
  double seconds;

  FitRun(int epochs, StepSource data) {
    this(new TrainingState.Fit(epochs, data.name(), data.images(), List.of(), 0, 0, 0, 0, 0L));
  }

  /**
   * Restores a state. If the number of predictions is missing in the state, it is computed from the
   * number of images.
   */
  FitRun(TrainingState.Fit s, long imagesDone, long answersOfImage) {
    this(s.answers() == null ? counted(s, imagesDone * answersOfImage) : s);
  }

  private static TrainingState.Fit counted(TrainingState.Fit s, long answers) {
    return new TrainingState.Fit(
        s.epochs(),
        s.data(),
        s.images(),
        s.done(),
        s.step(),
        s.lossSum(),
        s.correct(),
        s.seconds(),
        Math.max(s.correct(), answers));
  }

  private FitRun(TrainingState.Fit s) {
    epochs = s.epochs();
    data = s.data();
    images = s.images();
    done = new ArrayList<>(s.done());
    step = s.step();
    lossSum = s.lossSum();
    correct = s.correct();
    answers = s.answers();
    seconds = s.seconds();
  }

  TrainingState.Fit state() {
    return new TrainingState.Fit(
        epochs, data, images, done, step, lossSum, correct, seconds, answers);
  }

  /**
   * Checks that a call of fit with these arguments can resume this call.
   *
   * @throws InvalidArgumentException if the data differ, or the number of epochs is less than the
   *     number of started epochs
   */
  void requireGoesOn(int epochCount, StepSource other) {
    if (!data.equals(other.name()) || images != other.images()) {
      throw new InvalidArgumentException(
          "fit: "
              + other.images()
              + " images of "
              + other.name()
              + " do not match the data of the stopped call, "
              + images
              + " images of "
              + data);
    }
    int begun = state().begun();
    if (epochCount < begun) {
      throw new InvalidArgumentException(
          "fit: epochs "
              + epochCount
              + " must be at least the number of epochs that the stopped call has started, "
              + begun);
    }
  }

  /** Returns a copy of this call with another number of epochs. */
  FitRun to(int epochCount) {
    epochs = epochCount;
    return this;
  }

  /** Adds a completed step to the sums of the epoch. */
  void add(StepSource of, double loss) {
    step++;
    lossSum += loss * of.count();
    correct += of.correct();
    answers += of.answers();
  }

  /** Ends the epoch and returns its metrics. */
  History.Epoch finish(int epoch, Optional<Evaluation> validation) {
    History.Epoch e =
        new History.Epoch(
            epoch,
            lossSum / images,
            Evaluator.accuracy(correct, answers),
            seconds,
            images / seconds,
            validation);
    done.add(e);
    step = 0;
    lossSum = 0;
    correct = 0;
    answers = 0;
    seconds = 0;
    return e;
  }
}
