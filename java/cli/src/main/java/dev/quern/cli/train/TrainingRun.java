package dev.quern.cli.train;

import dev.quern.cli.data.TrainingData;
import dev.quern.cli.option.TtaOption;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.RunFolder;
import dev.quern.data.MultiDataset;
import dev.quern.data.TestTimeAugmentation;
import dev.quern.engine.Engine;
import dev.quern.io.Checkpoint;
import dev.quern.io.Checkpoints;
import dev.quern.metric.Evaluation;
import dev.quern.predict.ModelData;
import dev.quern.report.Activations;
import dev.quern.report.Curves;
import dev.quern.report.LivePage;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/** A run of {@code quern train}: prints its settings, trains, saves the model and tests it. */
final class TrainingRun {
  private final TrainOutput output;
  private final Trainer trainer;
  private final TrainingData sets;
  private final Checkpoints checkpoints;
  private final Checkpoint from;
  private final RunFolder files;
  private final BestOptions best;
  private final Optional<TestTimeAugmentation> views;
  private final Curves curves = new Curves();
  private final Activations activations;
  private final TimeByLayer times;
  private final ShowOptions show;
  private final Findings findings;
  private final String words;

  /**
   * Creates a run.
   *
   * @param files the run's folder, which the caller closes
   * @param fromOrNull the checkpoint that the run resumes; null for a new run
   * @param views views of test-time augmentation; empty for none
   */
  TrainingRun(
      CommandLine command,
      Trainer trainer,
      TrainingData sets,
      RunFolder files,
      Checkpoints checkpoints,
      Checkpoint fromOrNull,
      ShowOptions show,
      Findings findings,
      BestOptions best,
      Optional<TestTimeAugmentation> views) {
    this.best = best;
    this.views = views;
    this.show = show;
    this.findings = findings;
    output = show.output(command);
    List<String> given = new ArrayList<>(command.getParseResult().originalArgs());
    if (!given.isEmpty()
        && given.get(0).equals("train")) { // a resumed run's command line lacks the name
      given.remove(0);
    }
    this.words = "quern train " + String.join(" ", given);
    this.trainer = trainer;
    this.sets = sets;
    activations = new Activations(trainer, sets.lookedAt());
    times = new TimeByLayer(trainer, sets.train());
    this.checkpoints = checkpoints;
    this.from = fromOrNull;
    if (from != null) {
      trainer.restore(from.state());
      CheckpointOptions.tellDifferences(from, trainer, output.err());
    }
    this.files = files;
    if (from != null) {
      files.goOn(from.state().progress().fit());
    }
  }

  /** Prints a fact that was found before training starts. */
  void say(String line) {
    output.say(line);
  }

  /**
   * Prints the first lines of the run's output.
   *
   * @param settings batch size, optimizer settings and seed as text
   */
  void head(String settings) {
    MultiDataset train = sets.train();
    Engine.Info engine = Engine.info();
    output.say(
        String.format(
            Locale.ROOT,
            "%s, %,d parameters, on %s: %,d training and %,d test %s of %s",
            Failures.printable(sets.network().name()),
            sets.network().parameterCount(),
            Failures.printable(TrainingData.name(train)),
            train.size(),
            sets.test().size(),
            sets.first().shape().rank() == 3 ? "images" : "samples",
            TrainingData.shapes(train)));
    output.say(settings + "; " + engine.threads() + " threads, " + engine.isa());
    if (from != null) {
      output.say("resumed from " + from.file());
    }
  }

  /**
   * Trains, then saves, tests and reports the model.
   *
   * @return the exit status of the command
   */
  int train(int epochs, Map<String, String> provenance) {
    output.begin(provenance);
    History history = fit(epochs);
    output.stopReason(history.stopReason());
    if (history.stopReason() == History.StopReason.STOPPED) {
      output.stopped(checkpoints.newest().orElseThrow(), files.folder());
      return Failures.STOPPED;
    }
    if (history.stopReason() == History.StopReason.EARLY) {
      output.say("stopped early, after epoch " + history.epochs().size() + " of " + epochs);
    }
    best.restore(trainer, checkpoints).ifPresent(output::say);
    ModelData model = trainer.modelData(provenance);
    files.save(sets.saved(model));
    Evaluation tested =
        views.isEmpty()
            ? trainer.evaluate(sets.test())
            : trainer.evaluate(TtaOption.only(sets.test()), views.get());
    output.file("history", files.history());
    output.file("model", files.model());
    findings.ofRun(trainer, sets, history, tested);
    show.report()
        .write(files, model, history, curves, activations, times, sets, words, findings, output);
    output.findings(findings.all());
    output.tested(tested);
    return findings.diverged() ? Failures.FAILED : Failures.OK;
  }

  private History fit(int epochs) {
    List<TrainingListener> all = new ArrayList<>();
    all.add(
        new TrainingListener() {
          @Override
          public void onEpoch(History.Epoch epoch) {
            files.add(epoch);
          }
        });
    all.add(curves);
    if (show.report().isAsked()) {
      all.add(activations);
      all.add(times);
    }
    all.addAll(show.listeners());
    all.add(output.listener());
    if (!show.live().isAsked()) {
      return fit(epochs, all);
    }
    try (LivePage page = show.live().serve(trainer, sets, files.folder())) {
      all.add(page);
      output.page(page.address());
      return fit(epochs, all);
    }
  }

  private History fit(int epochs, List<TrainingListener> listeners) {
    TrainingListener all = TrainingListener.all(listeners.toArray(TrainingListener[]::new));
    return trainer.fit(sets.train(), epochs, checkpoints.of(trainer, all));
  }
}
