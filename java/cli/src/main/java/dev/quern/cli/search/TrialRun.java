package dev.quern.cli.search;

import dev.quern.cli.process.Failures;
import dev.quern.cli.process.Interruption;
import dev.quern.cli.run.RunFolder;
import dev.quern.cli.train.BestOptions;
import dev.quern.cli.train.Preparation;
import dev.quern.cli.train.TrainCommand;
import dev.quern.error.NotFoundException;
import dev.quern.io.Checkpoint;
import dev.quern.io.Checkpoints;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Goal;
import dev.quern.predict.ModelData;
import dev.quern.report.RunReport;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The training run of a trial of {@code quern search}, which may stop at an epoch and resume later.
 */
final class TrialRun {
  private final SearchTrial trial;
  private final TrainCommand command;
  private final Path folder;
  private final Goal goalOrNull;
  private final Runnable stopped;
  private SearchTrial done;

  /**
   * Creates the run.
   *
   * @param command the {@code train} command with the trial's options
   * @param folder the folder of the run
   * @param goalOrNull the metric by which trials are compared; null for accuracy or, without
   *     accuracy, loss
   * @param stopped called if the run stops because the process is shutting down
   */
  TrialRun(
      SearchTrial trial, TrainCommand command, Path folder, Goal goalOrNull, Runnable stopped) {
    this.trial = trial;
    this.command = command;
    this.folder = folder;
    this.goalOrNull = goalOrNull;
    this.stopped = stopped;
  }

  /**
   * Trains from the run's last checkpoint to the end of an epoch.
   *
   * @return the trial with its new progress; null if the process is shutting down
   */
  SearchTrial to(int epoch) {
    try (RunFolder files = RunFolder.prepare(folder)) {
      Checkpoints kept = command.checkpoints(folder);
      Checkpoint from = kept.isEmpty() ? null : kept.latest();
      TrainCommand own = from == null ? command : command.commandOf(from, List.of());
      try {
        return to(epoch, own, files, from);
      } finally {
        own.close();
      }
    }
  }

  private SearchTrial to(int epoch, TrainCommand own, RunFolder files, Checkpoint from) {
    Preparation p = own.prepare(from);
    if (p.sets().validation() == null) {
      throw new NotFoundException(
          "search: trials are compared on validation images, which are missing: --validation N"
              + " holds out N of the training images");
    }
    try (Trainer trainer = p.settings().build()) {
      int status =
          Interruption.guard(
              trainer,
              () -> {
                run(own, p, trainer, files, from, epoch);
                if (done == null) {
                  stopped.run();
                }
                return Failures.OK;
              });
      if (status == Failures.STOPPED) { // before the work started
        stopped.run();
      }
      return done;
    }
  }

  private void run(
      TrainCommand own,
      Preparation p,
      Trainer trainer,
      RunFolder files,
      Checkpoint from,
      int epoch) {
    requireScores(own, p, trainer);
    Map<String, String> provenance = p.provenance(trainer, own.seed());
    int before = 0;
    if (from == null) {
      own.configure(files, p, provenance);
    } else {
      trainer.restore(from.state());
      files.goOn(from.state().progress().fit());
      before = from.state().progress().fit().done().size();
    }
    if (before >= epoch && epoch < p.passes()) {
      trainer.stop(); // the epoch was already finished
    }
    Checkpoints kept = own.checkpointsOf(p.sets(), files);
    History history =
        trainer.fit(
            p.sets().train(),
            p.passes(),
            kept.of(trainer, until(epoch, p.passes(), trainer, files)));
    boolean stopped = history.stopReason() == History.StopReason.STOPPED;
    if (stopped && history.epochs().size() < epoch) {
      return;
    }
    if (!stopped) {
      own.best().restore(trainer, kept);
    }
    ModelData model = trainer.modelData(provenance);
    RunReport.of(model)
        .title("trial " + trial.number())
        .history(history)
        .facts(Map.of("options of the trial", trial.words()))
        .build()
        .save(files.reportData());
    if (!stopped) {
      files.save(p.sets().saved(model));
    }
    done = scored(history, !stopped, own.best().isBestSaved());
  }

  /** Checks before training that validation computes the metrics that the options name. */
  private void requireScores(TrainCommand own, Preparation p, Trainer trainer) {
    own.best().requireScore(trainer, p.sets().validation());
    if (goalOrNull != null) {
      BestOptions.requireScore(trainer, goalOrNull);
    }
  }

  private static TrainingListener until(int epoch, int passes, Trainer trainer, RunFolder files) {
    return new TrainingListener() {
      @Override
      public void onEpoch(History.Epoch e) {
        files.add(e);
        if (e.epoch() >= epoch && epoch < passes) {
          trainer.stop();
        }
      }
    };
  }

  private SearchTrial scored(History history, boolean ended, boolean best) {
    List<History.Epoch> epochs = history.epochs();
    Evaluation last = epochs.get(epochs.size() - 1).validation().orElseThrow();
    Goal goal = goal(last);
    Evaluation by = last;
    for (History.Epoch e : epochs) {
      Evaluation v = e.validation().orElseThrow();
      if (best && goal.better(goal.value(v), goal.value(by), 0)) {
        by = v;
      }
    }
    return new SearchTrial(
        trial.number(),
        trial.options(),
        ended ? SearchTrial.State.ENDED : SearchTrial.State.OPEN,
        epochs.size(),
        new SearchTrial.Result(goal.name(), goal.value(by), by.loss()),
        epochs.stream().mapToDouble(History.Epoch::seconds).sum(),
        null);
  }

  private Goal goal(Evaluation of) {
    if (goalOrNull != null) {
      return goalOrNull;
    }
    return Double.isNaN(of.accuracy()) ? Goal.LOSS : Goal.ACCURACY;
  }
}
