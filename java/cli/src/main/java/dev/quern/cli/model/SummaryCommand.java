package dev.quern.cli.model;

import dev.quern.cli.data.DatasetFacts;
import dev.quern.cli.option.Counts;
import dev.quern.cli.option.InputConverter;
import dev.quern.cli.option.NetworkSource;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.ModelArgument;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.train.Summary;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code quern summary}, which prints the layers and the memory of a network. */
@Command(
    name = "summary",
    description = {
      "Prints a network's layers, output shapes, parameters, multiply-adds and bytes of the plan.",
      "",
      "A built-in network takes its input from --data or --input; by default it has the"
          + " input that quern nets prints. Network files and models have their own input, or"
          + " dynamic height and width."
    })
public final class SummaryCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @ArgGroup(multiplicity = "1")
  private Subject subject;

  /** Options for the subject of the summary; exactly one of the options must be given. */
  static final class Subject {
    @Option(
        names = "--net",
        paramLabel = "NAME|FILE",
        converter = NetworkSource.Converter.class,
        completionCandidates = NetworkSource.Names.class,
        description = NetworkSource.HELP + ".")
    private NetworkSource net;

    @Option(
        names = "--model",
        paramLabel = ModelArgument.FORM,
        converter = ModelArgument.Converter.class,
        description = ModelArgument.HELP + ".")
    private ModelArgument model;
  }

  @Option(
      names = "--data",
      paramLabel = "NAME",
      converter = DatasetFacts.Converter.class,
      description = "Use input and classes of this data set; its files are not read.")
  private DatasetFacts data;

  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      converter = InputConverter.class,
      description = "Input shape, for example 3x32x32.")
  private Shape input;

  @Option(
      names = "--classes",
      paramLabel = "N",
      defaultValue = "10",
      converter = Counts.Positive.class,
      description = "Number of classes with --input; default ${DEFAULT-VALUE}.")
  private int classes;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "64",
      converter = Counts.Positive.class,
      description = "Batch size of the memory estimate; default ${DEFAULT-VALUE}.")
  private int batch;

  @Override
  public Integer call() {
    command.commandLine().getOut().print(Summary.of(network(), batch));
    command.commandLine().getOut().flush();
    return Failures.OK;
  }

  private Network network() {
    boolean sized = data != null || input != null;
    if (sized && (subject.net == null || !subject.net.takesInput())) {
      throw new BadValueException(
          command,
          "--data and --input require a built-in network or a network file with dynamic height"
              + " and width");
    }
    if (data != null && input != null) {
      throw new BadValueException(command, "--data and --input exclude each other");
    }
    if (subject.model != null) {
      return subject.model.data().network();
    }
    if (!sized) {
      return subject.net.network();
    }
    return data != null
        ? subject.net.network(data.input(), data.classes())
        : subject.net.network(input, classes);
  }
}
