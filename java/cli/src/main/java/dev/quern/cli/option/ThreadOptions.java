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
          "Number of threads, 1 to 64 (default: the cores of the machine or container). Results"
              + " do not depend on it.")
  private Integer threads;

  /** For picocli, which fills the option in. */
  public ThreadOptions() {}

  /** The option as it was given; empty where it was not. */
  public List<String> words() {
    return threads == null ? List.of() : List.of("--threads", threads.toString());
  }

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
