package dev.quern.cli.check;

import dev.quern.cli.option.Counts;
import dev.quern.cli.option.InputConverter;
import dev.quern.cli.option.NetworkSource;
import dev.quern.cli.option.ThreadOptions;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.layer.BatchNorm2d;
import dev.quern.network.Network;
import dev.quern.reference.network.GradientCheck;
import dev.quern.reference.network.GradientReport;
import dev.quern.tensor.Shape;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code quern gradcheck}, which checks the gradients of a network. */
@Command(
    name = "gradcheck",
    description = {
      "Checks a network's gradients on random weights and images.",
      "",
      "Each row of the table is a parameter; the last row is the input. First, gradients in"
          + " double precision are compared with central differences at some random entries; then"
          + " the native gradients are compared with those in double precision at every entry."
          + " The table shows the worst entry of each. Errors are relative to the tensor's"
          + " largest gradient. Large networks take minutes; small images and few entries are"
          + " faster, but batch normalization over few values magnifies rounding errors: the last"
          + " line says so where that may explain a mismatch."
    })
public final class GradcheckCommand implements Callable<Integer> {
  /**
   * Minimum number of values per channel in batch normalization: with fewer, rounding errors grow
   * so much that the check may fail.
   */
  private static final int FEW = 8;

  @Spec private CommandSpec command;

  @Option(
      names = "--net",
      paramLabel = "NAME|FILE",
      required = true,
      converter = NetworkSource.Converter.class,
      completionCandidates = NetworkSource.Names.class,
      description = NetworkSource.HELP + ".")
  private NetworkSource net;

  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      converter = InputConverter.class,
      description =
          "Input shape of a built-in network (default: the one that quern nets prints), or of a"
              + " network file with dynamic height and width.")
  private Shape input;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of weights, images, labels and entries; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "2",
      converter = Counts.Positive.class,
      description = "Images; default ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--entries",
      paramLabel = "N",
      defaultValue = "20",
      converter = Counts.Positive.class,
      description = "Central differences per tensor, at most; default ${DEFAULT-VALUE}.")
  private int entries;

  @Option(
      names = "--tolerance",
      paramLabel = "E",
      defaultValue = "1e-5",
      description = "The largest error against central differences; default ${DEFAULT-VALUE}.")
  private double tolerance;

  @Option(
      names = "--native-tolerance",
      paramLabel = "E",
      defaultValue = "1e-4",
      description = "The largest error of the native network; default ${DEFAULT-VALUE}.")
  private double nativeTolerance;

  @Mixin private ThreadOptions threads;

  @Override
  public Integer call() {
    threads.apply();
    GradientCheck check =
        BadValueException.check(
            command, () -> new GradientCheck(seed, batch, entries, tolerance, nativeTolerance));
    Network network = network();
    GradientReport report = check.run(network);
    command.commandLine().getOut().print(report);
    command.commandLine().getOut().flush();
    if (report.passed()) {
      return Failures.OK;
    }
    long failed = report.tensors().stream().filter(t -> !t.passed()).count();
    Failures.line(
        command.commandLine().getErr(),
        "gradcheck: gradients of "
            + failed
            + " tensors of "
            + network.name()
            + " disagree"
            + hint(network));
    return Failures.FAILED;
  }

  private String hint(Network network) {
    Map<String, Shape> shapes = network.shapes();
    for (Network.Node node : network.nodes()) {
      if (node.layer() instanceof BatchNorm2d) {
        Shape shape = shapes.get(node.name());
        long values = batch * (shape.elements() / shape.dim(0));
        if (values < FEW) {
          return "; "
              + node.name()
              + " normalizes over only "
              + values
              + " values per channel, which magnifies rounding errors: try a larger --batch or"
              + " --input";
        }
      }
    }
    return "";
  }

  private Network network() {
    if (input == null) {
      return net.network();
    }
    if (!net.takesInput()) {
      throw new BadValueException(
          command,
          "--input requires a built-in network or a network file with dynamic height and width");
    }
    return net.network(input, 10);
  }
}
