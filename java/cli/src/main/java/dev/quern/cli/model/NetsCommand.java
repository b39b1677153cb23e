package dev.quern.cli.model;

import dev.quern.cli.output.JsonText;
import dev.quern.cli.process.Failures;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Torchvision;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code quern nets}, which lists the built-in networks. */
@Command(
    name = "nets",
    description = {
      "Prints the built-in networks: input, classes, parameters and multiply-adds per" + " image.",
      "",
      "Input and classes are those of the network's publication; train takes them from the"
          + " data set. Networks with torchvision's names import its weights: resnet18 is for"
          + " small images, resnet18_imagenet is torchvision's resnet18."
    })
public final class NetsCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(names = "--json", description = "Print a line of JSON for each network.")
  private boolean json;

  @Override
  public Integer call() {
    List<Network> networks = Networks.names().stream().map(Networks::byName).toList();
    PrintWriter out = command.commandLine().getOut();
    if (json) {
      networks.forEach(n -> out.println(json(n)));
    } else {
      row(out, "network", "input", "classes", "parameters", "multiply-adds", "names");
      networks.forEach(
          n ->
              row(
                  out,
                  n.name(),
                  n.input().toString(),
                  Long.toString(n.output().dim(0)),
                  number(n.parameterCount()),
                  number(n.multiplyAdds()),
                  names(n)));
    }
    return Failures.OK;
  }

  private static String json(Network n) {
    return JsonText.object(
        json -> {
          json.writeStringField("name", n.name());
          json.writeStringField("input", n.input().toString());
          json.writeNumberField("classes", n.output().dim(0));
          json.writeNumberField("parameters", n.parameterCount());
          json.writeNumberField("multiply_adds", n.multiplyAdds());
          json.writeStringField("names", names(n));
        });
  }

  /** Returns the naming scheme of a network's weights: that of torchvision, or Quern's own. */
  private static String names(Network n) {
    return Torchvision.names().contains(n.name()) ? "torchvision" : "own";
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static void row(PrintWriter out, String... cells) {
    out.printf(Locale.ROOT, "%-17s %-10s %8s %12s %15s  %s%n", (Object[]) cells);
  }
}
