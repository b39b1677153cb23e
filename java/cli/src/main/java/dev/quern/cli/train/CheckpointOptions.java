package dev.quern.cli.train;

import dev.quern.cli.option.Counts;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.ConfigOptions;
import dev.quern.cli.run.RunFolder;
import dev.quern.cli.run.Runs;
import dev.quern.io.Checkpoint;
import dev.quern.io.Checkpoints;
import dev.quern.train.Trainer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code quern train} for checkpoints and for resuming a run. */
final class CheckpointOptions {
  /** Options that are allowed with --resume. */
  private static final Set<String> WITH_RESUME =
      Set.of("--resume", "--epochs", "--threads", LiveOptions.UI, LiveOptions.RUNS, Failures.DEBUG);

  /**
   * Options that checkpoints do not store: a resumed run derives them from the checkpoint or sets
   * them itself.
   */
  private static final Set<String> NOT_KEPT =
      Set.of(
          "--resume",
          Failures.DEBUG,
          "--out",
          "--overwrite",
          "--net",
          "--task",
          "--from",
          "--new-head",
          "--add-batch-norms",
          "--config",
          LiveOptions.UI,
          LiveOptions.RUNS);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "STEPS",
      converter = Counts.Positive.class,
      description =
          "Also write a checkpoint after every STEPS steps (default: only after each epoch).")
  private Integer every;

  @Option(
      names = "--keep",
      paramLabel = "N",
      converter = Counts.Positive.class,
      defaultValue = "2",
      description =
          "Keep the last N checkpoints, in addition to the best one; default ${DEFAULT-VALUE}.")
  private int keep;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      arity = "0..1",
      fallbackValue = Runs.ROOT,
      description =
          "Resume the run in this folder, or the newest run below it (default: ${FALLBACK-VALUE}),"
              + " with all options of that run. Only --threads, --epochs, --ui and --ui-runs may be"
              + " changed; more epochs also extend a finished run, and the schedule then spans the"
              + " new total.")
  private Path resume;

  Path resume() {
    return resume;
  }

  /** Returns the checkpoints of a run. */
  Checkpoints in(Path run) {
    Checkpoints c =
        Checkpoints.in(RunFolder.checkpoints(run))
            .keep(keep)
            .warnings(m -> Failures.line(command.commandLine().getErr(), m + "; skipped"));
    return every == null ? c : c.everySteps(every);
  }

  /**
   * Returns the options of this run as command-line arguments that repeat the run from any folder.
   */
  List<String> words() {
    return ConfigOptions.said(command, NOT_KEPT, new HashSet<>());
  }

  /**
   * Checks that each given option may change when a run is resumed.
   *
   * @throws BadValueException if another option is given
   */
  void requireAlone() {
    for (ArgSpec a : command.commandLine().getParseResult().matchedOptions()) {
      String name = ((OptionSpec) a).longestName();
      if (!WITH_RESUME.contains(name)) {
        throw new BadValueException(
            command, "--resume uses the run's own options; " + name + " cannot change");
      }
    }
  }

  /**
   * Reports conditions that differ from those of the interrupted run, such as the instruction set;
   * such differences change the last bits of the results.
   */
  static void tellDifferences(Checkpoint from, Trainer trainer, PrintWriter err) {
    List<String> differences = from.differences(trainer);
    if (!differences.isEmpty()) {
      Failures.line(
          err,
          "the run resumes under other conditions: "
              + String.join("; ", differences)
              + ": its results will differ in the last bits from those of an uninterrupted run");
    }
  }
}
