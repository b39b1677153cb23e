package dev.quern.cli.notebook;

import dev.quern.cli.data.DataFolderOptions;
import dev.quern.cli.option.Counts;
import dev.quern.cli.option.ThreadOptions;
import dev.quern.cli.process.BadValueException;
import dev.quern.data.Dataset;
import dev.quern.io.Split;
import dev.quern.metric.Evaluation;
import dev.quern.optim.Sgd;
import dev.quern.train.TrainingListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quern notebook}. */
@Command(
    name = "notebook",
    description = {
      "Runs the notebook that Quern began as, a CNN from scratch using NumPy, on CIFAR-10.",
      "",
      "Without --fixed or --replay: as written, in plain Java, five steps on 10,000 images each,"
          + " with every trait that keeps it from learning; prints what the notebook prints."
    })
public final class NotebookCommand implements Callable<Integer> {
  private static final String DATA = "cifar10";

  @Spec private CommandSpec command;

  @Option(
      names = "--fixed",
      description =
          "Train the same architecture properly, by the native operators: normalised pixels, small"
              + " first weights, right gradients, mini-batches of "
              + Fixed.BATCH
              + ", momentum "
              + Fixed.MOMENTUM
              + ".")
  private boolean fixed;

  @Option(
      names = "--replay",
      paramLabel = "FILE",
      description =
          "Replay a recorded step (safetensors) through the native operators, the notebook's"
              + " traits added around them, and compare tensor by tensor; exit status 1 where one"
              + " differs by more than 1e-5 of its largest magnitude.")
  private Path replay;

  @Mixin private DataFolderOptions data;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description = "With --fixed: passes over the training images; default " + Fixed.EPOCHS + ".")
  private Integer epochs;

  @Option(
      names = "--lr",
      paramLabel = "X",
      description = "With --fixed: learning rate; default " + Fixed.LR + ".")
  private Float lr;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description =
          "Decides first weights and, with --fixed, the order of images; default ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private ThreadOptions threads;

  /** For picocli, which fills the options in. */
  public NotebookCommand() {}

  @Override
  public Integer call() {
    if (replay != null) {
      refuse("--replay", "--fixed", "--data-dir", "--download", "--epochs", "--lr", "--seed");
      replay();
    } else if (fixed) {
      fixed();
    } else {
      refuse("the notebook as written", "--epochs", "--lr", "--threads");
      asWritten();
    }
    return CommandLine.ExitCode.OK;
  }

  private void refuse(String form, String... options) {
    BadValueException.refuse(
        command, List.of(options), option -> "notebook: " + form + " has no use for " + option);
  }

  private void asWritten() {
    Dataset train = data.load(DATA, Split.TRAIN);
    Dataset test = data.load(DATA, Split.TEST);
    AsWritten.run(seed, train, test, out());
  }

  private void fixed() {
    float rate = lr == null ? Fixed.LR : lr;
    Sgd sgd = BadValueException.check(command, () -> new Sgd(rate, Fixed.MOMENTUM));
    Fixed run = new Fixed(epochs == null ? Fixed.EPOCHS : epochs, sgd, seed);
    threads.apply();
    Dataset train = data.load(DATA, Split.TRAIN);
    Dataset test = data.load(DATA, Split.TEST);
    run.printHead(out(), train);
    PrintWriter err = command.commandLine().getErr();
    Evaluation result = run.run(train, test, TrainingListener.console(out(), err));
    Fixed.printFoot(out(), result);
  }

  private void replay() {
    threads.apply();
    RecordedStep step = RecordedStep.read(replay);
    ReplayReport report = ReplayReport.of(step);
    report.print(out(), step.images());
    out().flush();
    report.require();
  }

  private PrintWriter out() {
    return command.commandLine().getOut();
  }
}
