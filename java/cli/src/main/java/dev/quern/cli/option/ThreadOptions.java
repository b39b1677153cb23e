package dev.quern.cli.option;

import dev.quern.cli.process.BadValueException;
import dev.quern.engine.Engine;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option {@code --threads} of commands that compute. */
public final class ThreadOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--threads",
      paramLabel = "T",
      converter = Counts.Positive.class,
      description =
          "Number of threads, 1 to 64 (default: the number of cores of the machine or container)."
              + " Results do not depend on it.")
  private Integer threads;

  /** Creates the option with its default; picocli sets its value. */
  public ThreadOptions() {}

  /** Returns the option as command-line arguments; empty if it was not given. */
  public List<String> words() {
    return threads == null ? List.of() : List.of("--threads", threads.toString());
  }

  /** Sets the number of threads if the option was given. */
  public void apply() {
    if (threads != null) {
      BadValueException.check(
          command,
          () -> {
            Engine.setThreads(threads);
            return null;
          });
    }
  }
}
