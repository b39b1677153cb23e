package dev.quern.train;

import dev.quern.data.Augmentation;
import dev.quern.data.Normalization;
import dev.quern.data.Sampler;
import dev.quern.error.InvalidArgumentException;
import dev.quern.metric.Evaluation;
import dev.quern.plan.Evaluator;
import dev.quern.plan.Mixes;
import dev.quern.plan.Sources;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The epochs and steps of {@link Trainer#fit}. Not thread-safe, but for {@link #stop}. */
final class FitLoop {
  private final Map<String, Normalization> normalizations;
  private final List<Augmentation> augmentations;
  private final Mixes mixes;
  private final Sampler sampler;
  private final Sources validation;
  private final EarlyStopping earlyStopping;
  private final ReduceOnPlateau plateau;
  private final long seed;
  private final TrainerParts parts;
  private final TrainingStep step;
  private volatile boolean stopRequested;
  private boolean running;

  /** Begun since the trainer was built. */
  private int epochs;

  /** The call of fit that is under way, or was stopped; null between calls. */
  private FitRun fit;

  FitLoop(TrainerBuilder b, TrainerParts parts, TrainingStep step) {
    normalizations = b.normalizations();
    augmentations = b.augmentations;
    sampler = b.sampler;
    mixes = new Mixes(b.mixes, b.seed, b.network.input());
    validation = b.validationSources;
    earlyStopping = b.earlyStopping;
    plateau = b.plateau;
    seed = b.seed;
    this.parts = parts;
    this.step = step;
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

  /** The call of fit that is under way, or was stopped; null between calls. */
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
   * @throws InvalidArgumentException if a state is further in its epoch than that has steps here
   */
  void requireSteps(TrainingState.Fit ofOrNull) {
    if (ofOrNull != null && ofOrNull.step() > stepsOf(ofOrNull.images())) {
      throw new InvalidArgumentException(
          "trainer: the state's step "
              + ofOrNull.step()
              + " is more than an epoch has, "
              + stepsOf(ofOrNull.images()));
    }
  }

  /**
   * @throws InvalidArgumentException if a call that was stopped cannot go on so
   */
  void requireGoesOn(int epochCount, Sources data) {
    if (fit != null) {
      fit.requireGoesOn(epochCount, data);
    }
  }

  History run(Sources data, int epochCount, TrainingListener listener) {
    running = true;
    try {
      listener.onBegin();
      return begun(data, epochCount, listener);
    } finally {
      running = false;
      stopRequested = false;
    }
  }

  private History begun(Sources data, int epochCount, TrainingListener listener) {
    fit = fit == null ? new FitRun(epochCount, data) : fit.to(epochCount);
    History.Ending ending = null;
    try (End end = new End(listener)) {
      parts.optimization.rate.begin(epochCount, stepsOf(data.size()), fit.done.size(), fit.step);
      lowerOnPlateau();
      ending = epochs(data, listener);
      end.ending = ending;
      return new History(fit.done, ending);
    } finally {
      parts.plan.awaitGathering(); // no data set is read when fit has returned
      parts.optimization.rate.end();
      fit = ending == History.Ending.STOPPED ? fit : null;
    }
  }

  /** Tells a listener of the end; what it throws then does not hide why the training failed. */
  private static final class End implements AutoCloseable {
    private final TrainingListener listener;
    private History.Ending ending;

    End(TrainingListener listener) {
      this.listener = listener;
    }

    @Override
    public void close() {
      listener.onEnd(ending);
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

  private int stepsOf(int images) {
    return (int) (((long) images + parts.plan.batch() - 1) / parts.plan.batch());
  }

  private History.Ending epochs(Sources data, TrainingListener listener) {
    while (true) {
      if (fit.step == 0 && earlyStopping != null && earlyStopping.ends(fit.done)) {
        return History.Ending.EARLY;
      }
      if (fit.done.size() == fit.epochs) {
        return History.Ending.FINISHED;
      }
      if (stopping() || !steps(data, listener)) {
        return History.Ending.STOPPED;
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

  /** The rest of an epoch's steps; false if they were stopped. */
  private boolean steps(Sources data, TrainingListener listener) {
    if (fit.step == 0) {
      if (parts.begin(epochs + 1)) {
        parts.optimization.rate.begin(fit.epochs, stepsOf(data.size()), fit.done.size(), 0);
        lowerOnPlateau();
      }
      epochs++;
    }
    EpochImages images =
        new EpochImages(
            parts.plan, data, normalizations, augmentations, mixes, sampler, seed, epochs);
    int stepCount = stepsOf(data.size());
    int lastEpoch = epochs + fit.epochs - fit.done.size() - 1;
    double before = fit.seconds;
    long start = System.nanoTime();
    while (fit.step < stepCount) {
      int n = images.count(fit.step);
      double lr = parts.optimization.rate.now();
      boolean last = fit.step + 1 == stepCount;
      double loss = step.run(() -> images.load(fit.step), last, this::place);
      fit.add(n, loss, step.correct(), step.answers());
      fit.seconds = before + (System.nanoTime() - start) * 1e-9;
      double accuracy = Evaluator.accuracy(step.correct(), step.answers());
      listener.onStep(
          new TrainingListener.Step(epochs, lastEpoch, fit.step, stepCount, n, loss, lr, accuracy));
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
