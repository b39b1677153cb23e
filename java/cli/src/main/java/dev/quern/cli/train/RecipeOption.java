package dev.quern.cli.train;

import dev.quern.cli.data.DataSource;
import dev.quern.cli.option.NetworkSource;
import dev.quern.cli.process.BadValueException;
import dev.quern.error.NotFoundException;
import dev.quern.recipe.Recipe;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The option {@code --recipe} of {@code quern train}, which replaces most other options by tested
 * settings.
 */
final class RecipeOption {
  /** Options that may be combined with a recipe; the recipe determines all others. */
  private static final Set<String> FREE =
      Set.of(
          "--recipe",
          "--net",
          "--data",
          "--data-dir",
          "--download",
          "--epochs",
          "--seed",
          "--threads",
          "--precision",
          "--recompute",
          "--limit",
          "--out",
          "--overwrite",
          "--validation",
          "--metric",
          "--patience",
          "--save",
          "--checkpoint-every",
          "--keep",
          "--resume",
          "--quiet",
          "--json-lines",
          "--no-report",
          "--tensorboard",
          "--ui",
          "--ui-runs",
          "--config",
          "--debug");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--recipe",
      description =
          "Use the settings that were tested with this network and data set; epochs, seed,"
              + " precision, memory and output options are not among them.")
  private boolean asked;

  /** Creates the option with its default; picocli sets its value. */
  RecipeOption() {}

  boolean isAsked() {
    return asked;
  }

  /** Returns whether an option may be combined with a recipe. */
  boolean leaves(String option) {
    return !asked || FREE.contains(option);
  }

  /**
   * Returns the recipe; null if none is requested.
   *
   * @throws BadValueException if there is no recipe for the network and data, or an option
   *     contradicts the recipe
   */
  Recipe of(NetworkSource net, DataSource data) {
    if (!asked) {
      return null;
    }
    for (var option : command.commandLine().getParseResult().matchedOptions()) {
      if (!leaves(option.longestName())) {
        throw new BadValueException(
            command, option.longestName() + " is set by the recipe: omit it, or omit --recipe");
      }
    }
    String network = net instanceof NetworkSource.BuiltIn b ? b.name() : net.network().name();
    String set = data instanceof DataSource.Known k ? k.facts().name() : "a custom data set";
    try {
      return Recipe.of(network, set);
    } catch (NotFoundException e) {
      throw new BadValueException(command, e.getMessage());
    }
  }
}
