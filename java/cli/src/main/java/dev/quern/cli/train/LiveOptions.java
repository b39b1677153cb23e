package dev.quern.cli.train;

import dev.quern.cli.data.TrainingData;
import dev.quern.cli.option.PortConverter;
import dev.quern.report.LivePage;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of {@code quern train} for the live page. */
public final class LiveOptions {
  static final String UI = "--ui";
  static final String RUNS = "--ui-runs";

  @Option(
      names = UI,
      paramLabel = "PORT",
      arity = "0..1",
      fallbackValue = "0",
      converter = PortConverter.class,
      description =
          "Serve a live page of the run, for browsers on this machine only, and print its address"
              + " (default: any unused port).")
  private Integer port;

  @Option(
      names = RUNS,
      paramLabel = "DIR",
      description =
          "On the --ui page, show the runs of this folder, too (default: the run's parent folder).")
  private Path runs;

  /** Creates the options with their defaults; picocli sets their values. */
  public LiveOptions() {}

  boolean isAsked() {
    return port != null;
  }

  /** Returns the options as command-line arguments. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    if (port != null) {
      words.addAll(List.of(UI, port.toString()));
    }
    if (runs != null) {
      words.addAll(List.of(RUNS, runs.toString()));
    }
    return words;
  }

  LivePage serve(Trainer trainer, TrainingData sets, Path folder) {
    Path own = folder.toAbsolutePath().normalize();
    return new LivePage(
        trainer,
        port,
        trainer.network().name() + " on " + TrainingData.name(sets.train()),
        sets.lookedAt(),
        runs == null ? own.getParent() : runs,
        own);
  }
}
