package dev.quern.cli.process;

import dev.quern.internal.messages.NearNames;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** An unknown option or argument of a command, for a message with suggestions. */
record UnknownWord(String word, CommandLine command) {
  private static final int NEAREST = 3;

  /**
   * A name with which an unknown word begins is suggested only if the name is longer than this;
   * shorter names match too often.
   */
  private static final int LEAST = 4;

  /** Names of options in other tools, each with Quern's name. */
  private static final Map<String, String> ELSEWHERE =
      Map.of("--learning-rate", "--lr", "--output", "--out", "--weights", "--model");

  /** Returns the first unknown argument of the command line; empty if all are known. */
  static Optional<UnknownWord> of(ParameterException e) {
    List<String> all =
        e instanceof UnmatchedArgumentException u
            ? u.getUnmatched()
            : e.getCommandLine().getUnmatchedArguments();
    return all.stream().findFirst().map(w -> new UnknownWord(w, e.getCommandLine()));
  }

  /**
   * Returns a one-line message with the word, the most similar names, and the command that lists
   * all names.
   */
  String message() {
    boolean program = command.getParent() == null;
    String help = "; quern help " + (program ? "" : command.getCommandName() + " ") + "lists all";
    String name = word.replaceFirst("=.*", "");
    if (name.startsWith("-")) {
      return name + " is not an option of " + of(program) + near(name, options()) + help;
    }
    return program
        ? name + " is not a command" + near(name, command.getSubcommands().keySet()) + help
        : command.getCommandName() + " takes no argument " + name + help;
  }

  private String of(boolean program) {
    return program ? "quern" : command.getCommandName();
  }

  private List<String> options() {
    return command.getCommandSpec().options().stream()
        .filter(o -> !o.hidden())
        .map(OptionSpec::longestName)
        .toList();
  }

  private static String near(String name, Collection<String> all) {
    String same = ELSEWHERE.get(name);
    List<String> near =
        same != null && all.contains(same)
            ? List.of(same)
            : all.stream()
                .filter(o -> o.length() > LEAST && name.startsWith(o))
                .findFirst()
                .map(List::of)
                .orElseGet(() -> NearNames.of(name, all).stream().limit(NEAREST).toList());
    return near.isEmpty() ? "" : "; did you mean " + String.join(", ", near);
  }
}
