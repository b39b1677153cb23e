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

/** The option of {@code quern train} that takes tested settings in place of all others. */
final class RecipeOption {
  /** Options in which runs with a recipe may differ; all others are the recipe's. */
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
          "Use all settings that were tested with this network and data set, except epochs, seed"
              + " and output options.")
  private boolean asked;

  /** Creates the option with its default; picocli sets its value. */
  RecipeOption() {}

  boolean isAsked() {
    return asked;
  }

  /** Whether a run with a recipe may set an option. */
  boolean leaves(String option) {
    return !asked || FREE.contains(option);
  }

  /**
   * The recipe; null if none is requested.
   *
   * @throws BadValueException if there is no such recipe, or another option contradicts it
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
