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

/** Options of {@code quern train} for runs that may be interrupted. */
final class CheckpointOptions {
  /** What may stand beside --resume. */
  private static final Set<String> WITH_RESUME =
      Set.of("--resume", "--epochs", "--threads", LiveOptions.UI, LiveOptions.RUNS, Failures.DEBUG);

  /** What a run that goes on takes from its folder, or has of its own. */
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
      description = "Write a checkpoint every so many steps too (default: after each epoch).")
  private Integer every;

  @Option(
      names = "--keep",
      paramLabel = "N",
      converter = Counts.Positive.class,
      defaultValue = "2",
      description = "Keep the last N checkpoints, besides the best; default ${DEFAULT-VALUE}.")
  private int keep;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      arity = "0..1",
      fallbackValue = Runs.ROOT,
      description =
          "Go on with the run in this folder, or the newest in it (default: in ${FALLBACK-VALUE}),"
              + " with all of its options. --threads and --epochs may be given anew, the latter for"
              + " a run that is finished, too; a schedule then spans the new total.")
  private Path resume;

  Path resume() {
    return resume;
  }

  /** The folder of a run's checkpoints. */
  Checkpoints in(Path run) {
    Checkpoints c =
        Checkpoints.in(RunFolder.checkpoints(run))
            .keep(keep)
            .warnings(m -> Failures.line(command.commandLine().getErr(), m + "; passed over"));
    return every == null ? c : c.everySteps(every);
  }

  /** The command line of this run as words that make it again from any folder. */
  List<String> words() {
    return ConfigOptions.said(command, NOT_KEPT, new HashSet<>());
  }

  /**
   * @throws BadValueException if an option that belongs to the interrupted run is given anew
   */
  void requireAlone() {
    for (ArgSpec a : command.commandLine().getParseResult().matchedOptions()) {
      String name = ((OptionSpec) a).longestName();
      if (!WITH_RESUME.contains(name)) {
        throw new BadValueException(
            command, "--resume goes on with the run's own options; " + name + " cannot change");
      }
    }
  }

  /** Says so where the bits will differ from those of the uninterrupted run. */
  static void tellDifferences(Checkpoint from, Trainer trainer, PrintWriter err) {
    List<String> differences = from.differences(trainer);
    if (!differences.isEmpty()) {
      Failures.line(
          err,
          "the run goes on under other conditions: "
              + String.join("; ", differences)
              + ": its last bits will differ from those of an uninterrupted one");
    }
  }
}
