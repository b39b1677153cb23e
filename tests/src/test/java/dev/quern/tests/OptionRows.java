package dev.quern.tests;

import dev.quern.cli.train.TrainCommand;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The rows of the manual's table of the options of {@code quern train}, from picocli's model. */
final class OptionRows {
  private OptionRows() {}

  static String rows() {
    return new CommandLine(new TrainCommand())
        .getCommandSpec().options().stream()
            .filter(option -> !option.hidden())
            .map(OptionRows::row)
            .collect(Collectors.joining());
  }

  private static String row(OptionSpec option) {
    String name = option.longestName();
    String label = option.paramLabel() + (option.splitRegex().isEmpty() ? "" : ",...");
    String shown =
        option.arity().max() == 0
            ? name
            : name + (option.arity().min() == 0 ? " [" + label + "]" : " " + label);
    String text = String.join(" ", option.description());
    return "| `" + cell(shown) + "` | " + cell(text) + " |\n";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
