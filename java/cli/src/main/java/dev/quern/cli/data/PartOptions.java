package dev.quern.cli.data;

import dev.quern.cli.option.Counts;
import dev.quern.cli.process.BadValueException;
import dev.quern.data.MultiDataset;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code quern train} that select the training images. */
public final class PartOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--limit",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description = "Use only the first N training images.")
  private Integer limit;

  @Option(
      names = "--validation",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description =
          "Hold out N of the training images, chosen by the seed, and evaluate the network on them"
              + " after each epoch.")
  private Integer validation;

  /** Creates the options with their defaults; picocli sets their values. */
  public PartOptions() {}

  /**
   * Returns whether there are validation images, either held out by these options or part of the
   * data set.
   */
  public boolean holdOut(DataOptions data) {
    return validation != null || data.validation() != null;
  }

  /**
   * Returns the data sets with the training images divided into training and validation images.
   *
   * @throws BadValueException if no training images remain
   */
  public TrainingData divide(TrainingData sets, DataOptions data, long seed) {
    MultiDataset all = DataOptions.first(sets.train(), limit);
    if (validation == null) {
      TrainingData some = sets.trainedOn(all);
      return data.validation() == null
          ? some
          : some.validatedOn(DataOptions.named(sets.network(), data.validation()));
    }
    if (validation >= all.size()) {
      throw new BadValueException(
          command,
          "--validation "
              + validation
              + " must be less than the number of training images, "
              + all.size());
    }
    MultiDataset shuffled = all.shuffled(seed);
    int left = all.size() - validation;
    return sets.trainedOn(shuffled.slice(0, left)).validatedOn(shuffled.slice(left, all.size()));
  }
}
