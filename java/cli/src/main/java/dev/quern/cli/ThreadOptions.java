package dev.quern.cli;

import dev.quern.Engine;
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
          "Threads to compute with, 1 to 64 (default: what the machine or container grants)."
              + " Results do not depend on it.")
  private Integer threads;

  /** For picocli, which fills the option in. */
  public ThreadOptions() {}

  /** Sets the count, where one was given. */
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
