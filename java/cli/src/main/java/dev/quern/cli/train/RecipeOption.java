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
  /** What a run may differ in; everything else is the recipe's. */
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
          "Take the settings that were tested on this network and data set: all but epochs, seed"
              + " and what a run writes.")
  private boolean asked;

  /** For picocli, which fills the option in. */
  RecipeOption() {}

  boolean isAsked() {
    return asked;
  }

  /** Whether a run with a recipe has a say in an option. */
  boolean leaves(String option) {
    return !asked || FREE.contains(option);
  }

  /**
   * The recipe; null where none is asked for.
   *
   * @throws BadValueException if there is none, or another option speaks against it
   */
  Recipe of(NetworkSource net, DataSource data) {
    if (!asked) {
      return null;
    }
    for (var option : command.commandLine().getParseResult().matchedOptions()) {
      if (!leaves(option.longestName())) {
        throw new BadValueException(
            command, option.longestName() + " is the recipe's: leave it out, or --recipe");
      }
    }
    String network = net instanceof NetworkSource.BuiltIn b ? b.name() : net.network().name();
    String set = data instanceof DataSource.Known k ? k.facts().name() : "data of your own";
    try {
      return Recipe.of(network, set);
    } catch (NotFoundException e) {
      throw new BadValueException(command, e.getMessage());
    }
  }
}
