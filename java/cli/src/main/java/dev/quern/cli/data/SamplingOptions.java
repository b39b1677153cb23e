package dev.quern.cli.data;

import dev.quern.cli.process.BadValueException;
import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code quern train} for the sampling of training images. */
public final class SamplingOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--balanced",
      description =
          "Balanced sampling: in each epoch, each class occurs as often as the largest class;"
              + " images of smaller classes are repeated.")
  private boolean balanced;

  /** Creates the options with their defaults; picocli sets their values. */
  public SamplingOptions() {}

  /**
   * Applies the options to the training set.
   *
   * @throws BadValueException if classes are to be balanced, but the data has no classes
   */
  public TrainingData applied(TrainingData sets, long seed) {
    if (!balanced) {
      return sets;
    }
    MultiDataset train = sets.train();
    if (!sets.network().isSingle() || train.targets().values().iterator().next().hasTargets()) {
      throw new BadValueException(command, "--balanced requires one class per image");
    }
    Dataset only = train.inputs().values().iterator().next();
    return sets.trainedOn(DataOptions.named(sets.network(), only.balanced(seed)));
  }

  /** Adds the options to a run's settings, as text by name. */
  public void putInto(Map<String, String> words) {
    if (balanced) {
      words.put("balanced", "true");
    }
  }
}
