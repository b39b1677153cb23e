package dev.quern.cli;

import dev.quern.data.MultiDataset;
import dev.quern.engine.Engine;
import dev.quern.io.Checkpoint;
import dev.quern.io.Checkpoints;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.report.Curves;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;

/** One run of {@code quern train}: says what it does, trains, saves, and tests at the end. */
final class TrainingRun {
  private final PrintWriter out;
  private final PrintWriter err;
  private final Trainer trainer;
  private final TrainingData sets;
  private final Checkpoints checkpoints;
  private final Checkpoint from;
  private final RunFolder files;
  private final Curves curves = new Curves();
  private final ReportOptions report;
  private final String words;

  /**
   * @param files the run's folder, which stays the caller's to close
   * @param fromOrNull the checkpoint that the run goes on from
   */
  TrainingRun(
      CommandLine command,
      Trainer trainer,
      TrainingData sets,
      RunFolder files,
      Checkpoints checkpoints,
      Checkpoint fromOrNull,
      ReportOptions report) {
    this.report = report;
    List<String> given = new ArrayList<>(command.getParseResult().originalArgs());
    given.remove("train"); // which a run that goes on has not
    this.words = "quern train " + String.join(" ", given);
    this.out = command.getOut();
    this.err = command.getErr();
    this.trainer = trainer;
    this.sets = sets;
    this.checkpoints = checkpoints;
    this.from = fromOrNull;
    if (from != null) {
      trainer.restore(from.state());
      CheckpointOptions.tellDifferences(from, trainer, err);
    }
    this.files = files;
    if (from != null) {
      files.goOn(from.state().progress().fit());
    }
  }

  /**
   * @param settings batch, optimizer and seed in words
   */
  void head(String settings) {
    MultiDataset train = sets.train();
    Engine.Info engine = Engine.info();
    out.printf(
        Locale.ROOT,
        "%s, %,d parameters, on %s: %,d training and %,d test images of %s%n",
        Failures.printable(sets.network().name()),
        sets.network().parameterCount(),
        Failures.printable(TrainingData.name(train)),
        train.size(),
        sets.test().size(),
        TrainingData.shapes(train));
    out.printf("%s; %d threads, %s%n", settings, engine.threads(), engine.isa());
    if (from != null) {
      out.println("resumed from " + from.file());
    }
  }

  /**
   * @return the exit status
   */
  int train(int epochs, Map<String, String> provenance) {
    History history = fit(epochs);
    if (history.ending() == History.Ending.STOPPED) {
      out.println("checkpoint " + checkpoints.newest().orElseThrow());
      out.println("stopped; go on with quern train --resume " + files.folder());
      return Failures.STOPPED;
    }
    if (history.ending() == History.Ending.EARLY) {
      out.println("ended early, after epoch " + history.epochs().size() + " of " + epochs);
    }
    ModelData model = trainer.modelData(classes(), provenance);
    files.save(sets.saved(model));
    Evaluation tested = trainer.evaluate(sets.test());
    out.println("history " + files.history());
    out.println("model " + files.model());
    report.write(files, model, history, curves, sets, words, out, err);
    out.println("test " + EvalCommand.line(tested));
    return Failures.OK;
  }

  /** Checkpoints of before there were tasks know no names. */
  private List<String> classes() {
    Network network = sets.network();
    return network.task().classes().isEmpty()
        ? sets.train().targets().get(network.outputs().get(0)).classes()
        : List.of();
  }

  private History fit(int epochs) {
    TrainingListener history =
        new TrainingListener() {
          @Override
          public void onEpoch(History.Epoch epoch) {
            files.add(epoch);
          }
        };
    TrainingListener both =
        TrainingListener.all(history, curves, TrainingListener.console(out, err));
    return trainer.fit(sets.train(), epochs, checkpoints.of(trainer, both));
  }
}
