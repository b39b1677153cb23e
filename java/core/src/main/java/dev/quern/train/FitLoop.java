package dev.quern.train;

import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.NetworkData;
import dev.quern.metric.Evaluation;
import dev.quern.plan.Evaluator;
import java.util.Map;
import java.util.Optional;

/** The epochs and steps of {@link Trainer#fit}. Not thread-safe except for {@link #stop}. */
final class FitLoop {
  private final Map<String, Normalization> normalizations;
  private final NetworkData validation;
  private final EarlyStopping earlyStopping;
  private final ReduceOnPlateau plateau;
  private final TrainerParts parts;
  private volatile boolean stopRequested;
  private boolean running;

  /** Number of epochs started since the trainer was built. */
  private int epochs;

  /** The running or stopped call of fit; null between calls. */
  private FitRun fit;

  FitLoop(TrainerSettings s, TrainerParts parts) {
    normalizations = s.preprocessing.normalizations();
    validation = s.validation.data;
    earlyStopping = s.validation.earlyStopping;
    plateau = s.validation.plateau;
    this.parts = parts;
  }

  boolean isRunning() {
    return running;
  }

  void stop() {
    stopRequested = true;
  }

  int epochs() {
    return epochs;
  }

  /** Returns the state of the running or stopped call of fit; null between calls. */
  TrainingState.Fit state() {
    return fit == null ? null : fit.state();
  }

  void restore(TrainingState.Progress p) {
    epochs = p.epochs();
    fit = p.fit() == null ? null : restored(p.fit());
  }

  private FitRun restored(TrainingState.Fit s) {
    long done = Math.min((long) s.step() * parts.plan.batch(), s.images());
    return new FitRun(s, done, parts.plan.mostAnswers());
  }

  /**
   * Checks that a state's step fits into an epoch.
   *
   * @throws InvalidArgumentException if the state's step exceeds the steps of an epoch
   */
  void requireSteps(TrainingState.Fit ofOrNull) {
    if (ofOrNull != null && ofOrNull.step() > parts.stepsOf(ofOrNull.images())) {
      throw new InvalidArgumentException(
          "trainer: the state's step "
              + ofOrNull.step()
              + " exceeds the number of steps of an epoch, "
              + parts.stepsOf(ofOrNull.images()));
    }
  }

  /**
   * Checks that a stopped call, if there is one, can be resumed.
   *
   * @throws InvalidArgumentException if a stopped call cannot be resumed with these arguments
   */
  void requireGoesOn(int epochCount, StepSource data) {
    if (fit != null) {
      fit.requireGoesOn(epochCount, data);
    }
  }

  History run(StepSource data, int epochCount, TrainingListener listener) {
    running = true;
    try {
      listener.onBegin();
      return begun(data, epochCount, listener);
    } finally {
      running = false;
      stopRequested = false;
    }
  }

  private History begun(StepSource data, int epochCount, TrainingListener listener) {
    fit = fit == null ? new FitRun(epochCount, data) : fit.to(epochCount);
    History.StopReason stopReason = null;
    try (End end = new End(listener)) {
      parts.optimization.rate.begin(epochCount, data.steps(), fit.done.size(), fit.step);
      lowerOnPlateau();
      stopReason = epochs(data, listener);
      end.stopReason = stopReason;
      return new History(fit.done, stopReason);
    } finally {
      data.end(); // no data set is read after fit has returned
      parts.optimization.rate.end();
      fit = stopReason == History.StopReason.STOPPED ? fit : null;
    }
  }

  /**
   * Notifies a listener of the end of training. The exception that ended training takes precedence
   * over an exception from the listener.
   */
  private static final class End implements AutoCloseable {
    private final TrainingListener listener;
    private History.StopReason stopReason;

    End(TrainingListener listener) {
      this.listener = listener;
    }

    @Override
    public void close() {
      listener.onEnd(stopReason);
    }
  }

  private void lowerOnPlateau() {
    if (plateau != null) {
      parts.optimization.rate.plateau(plateau.factor(fit.done, parts.optimization.rate.own()));
    }
  }

  private boolean stopping() {
    return stopRequested || Thread.currentThread().isInterrupted();
  }

  private History.StopReason epochs(StepSource data, TrainingListener listener) {
    while (true) {
      if (fit.step == 0 && earlyStopping != null && earlyStopping.ends(fit.done)) {
        return History.StopReason.EARLY;
      }
      if (fit.done.size() == fit.epochs) {
        return History.StopReason.FINISHED;
      }
      if (stopping() || !steps(data, listener)) {
        return History.StopReason.STOPPED;
      }
      Optional<Evaluation> v =
          Optional.ofNullable(validation)
              .map(images -> parts.evaluator().evaluate(images, normalizations));
      History.Epoch e = fit.finish(epochs, v);
      lowerOnPlateau();
      TrainingListener.Metric.of(epochs, v).forEach(listener::onMetric);
      listener.onEpoch(e);
    }
  }

  /**
   * Runs the remaining steps of an epoch; returns false if training was stopped before the last
   * step.
   */
  private boolean steps(StepSource data, TrainingListener listener) {
    int stepCount = data.steps();
    if (fit.step == 0) {
      if (parts.begin(epochs + 1)) {
        parts.optimization.rate.begin(fit.epochs, stepCount, fit.done.size(), 0);
        lowerOnPlateau();
      }
      epochs++;
    }
    data.begin(epochs, fit);
    int lastEpoch = epochs + fit.epochs - fit.done.size() - 1;
    double before = fit.seconds;
    long start = System.nanoTime();
    while (fit.step < stepCount) {
      double lr = parts.optimization.rate.now();
      double loss = data.step(fit.step, this::place);
      fit.add(data, loss);
      fit.seconds = before + (System.nanoTime() - start) * 1e-9;
      double accuracy = Evaluator.accuracy(data.correct(), data.answers());
      listener.onStep(
          new TrainingListener.Step(
              epochs, lastEpoch, fit.step, stepCount, data.count(), loss, lr, accuracy));
      if (stopping() && fit.step < stepCount) {
        return false;
      }
    }
    fit.seconds = before + (System.nanoTime() - start) * 1e-9;
    return true;
  }

  private String place() {
    return "epoch " + epochs + ", step " + (fit.step + 1);
  }
}
