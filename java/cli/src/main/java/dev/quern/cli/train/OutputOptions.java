package dev.quern.cli.train;

import dev.quern.cli.process.BadValueException;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code quern train} for its output on the terminal. */
public final class OutputOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--quiet", description = "Print only the last line, the test result.")
  private boolean quiet;

  @Option(
      names = "--json-lines",
      description =
          "Print JSON lines, for scripts: one object at the start, one per epoch, one at the end.")
  private boolean json;

  /** Creates the options with their defaults; picocli sets their values. */
  public OutputOptions() {}

  /**
   * Checks that at most one of the options is given.
   *
   * @throws BadValueException if both options are given
   */
  void requireSense() {
    if (quiet && json) {
      throw new BadValueException(command, "--quiet, --json-lines are mutually exclusive");
    }
  }

  TrainOutput on(PrintWriter out, PrintWriter err) {
    return new TrainOutput(
        json ? TrainOutput.Form.JSON : quiet ? TrainOutput.Form.QUIET : TrainOutput.Form.LINES,
        out,
        err);
  }
}
