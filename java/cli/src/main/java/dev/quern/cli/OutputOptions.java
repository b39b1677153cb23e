package dev.quern.cli;

import java.io.PrintWriter;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Options of {@code quern train} for what it prints. */
public final class OutputOptions {
  @ArgGroup private Form form;

  /** One of them. */
  static final class Form {
    @Option(names = "--quiet", description = "Print the last line alone, that of the test.")
    private boolean quiet;

    @Option(
        names = "--json-lines",
        description =
            "Print a JSON object a line, for scripts: what begins, each epoch, and how it ended.")
    private boolean json;
  }

  /** For picocli, which fills the options in. */
  public OutputOptions() {}

  TrainOutput on(PrintWriter out, PrintWriter err) {
    if (form == null) {
      return new TrainOutput(TrainOutput.Form.LINES, out, err);
    }
    return new TrainOutput(form.json ? TrainOutput.Form.JSON : TrainOutput.Form.QUIET, out, err);
  }
}
