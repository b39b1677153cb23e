package dev.quern.notebook;

import dev.quern.data.Dataset;
import dev.quern.error.QuernException;
import dev.quern.io.dataset.Datasets;
import dev.quern.io.dataset.DownloadListener;
import dev.quern.io.dataset.Split;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The program that runs the notebook as written, or replays one of its steps. Exit status 0: done;
 * 1: failed, or a replayed tensor differs; 2: wrong usage.
 */
@Command(
    name = "notebook",
    mixinStandardHelpOptions = true,
    description =
        "Runs the notebook that Quern began as, a CNN from scratch using NumPy, or replays a step.")
public final class Main implements Callable<Integer> {
  private static final String DATA = "cifar10";

  @Spec private CommandSpec command;

  @ArgGroup(multiplicity = "1")
  private Form form;

  /** One of the two. */
  static final class Form {
    @Option(
        names = "--data-dir",
        paramLabel = "DIR",
        description =
            "As written, in plain Java: five steps on 10,000 images of CIFAR-10 each, with every"
                + " trait that keeps it from learning; prints what the notebook prints.")
    private Path data;

    @Option(
        names = "--replay",
        paramLabel = "FILE",
        description =
            "Replay a recorded step (safetensors) through the native operators, the notebook's"
                + " traits added around them, and compare tensor by tensor; exit status 1 where one"
                + " differs by more than 1e-5 of its largest magnitude.")
    private Path replay;
  }

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description =
          "Decides the first weights of the notebook as written; default ${DEFAULT-VALUE}.")
  private long seed;

  public static void main(String[] args) {
    System.exit(run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), args));
  }

  /**
   * Runs one command line in this process.
   *
   * @return the exit status
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    return new CommandLine(new Main())
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler(
            (e, line, result) -> {
              if (!(e instanceof QuernException)) {
                throw e;
              }
              err.println("notebook: " + e.getMessage());
              return CommandLine.ExitCode.SOFTWARE;
            })
        .execute(args);
  }

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    if (form.replay == null) {
      AsWritten.run(seed, load(Split.TRAIN), load(Split.TEST), out);
    } else {
      RecordedStep step = RecordedStep.read(form.replay);
      ReplayReport report = ReplayReport.of(step);
      report.print(out, step.images());
      out.flush();
      report.require();
    }
    return CommandLine.ExitCode.OK;
  }

  private Dataset load(Split split) {
    return Datasets.load(DATA, split, form.data, false, DownloadListener.NONE);
  }
}
