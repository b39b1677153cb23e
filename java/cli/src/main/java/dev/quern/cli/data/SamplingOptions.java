package dev.quern.cli.data;

import dev.quern.cli.process.BadValueException;
import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code quern train} that say how often training samples come. */
public final class SamplingOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--balanced",
      description =
          "Let each class come equally often in training, as often as the largest: images of the"
              + " others come several times an epoch.")
  private boolean balanced;

  /** For picocli, which fills the options in. */
  public SamplingOptions() {}

  /**
   * The sets with what the options say about those that are trained on.
   *
   * @throws BadValueException if there are no classes
   */
  public TrainingData applied(TrainingData sets, long seed) {
    if (!balanced) {
      return sets;
    }
    MultiDataset train = sets.train();
    if (!sets.network().isSingle() || train.targets().values().iterator().next().hasTargets()) {
      throw new BadValueException(command, "--balanced is for images with a class each");
    }
    Dataset only = train.inputs().values().iterator().next();
    return sets.trainedOn(DataOptions.named(sets.network(), only.balanced(seed)));
  }

  /** Adds them to a run's settings. */
  public void putInto(Map<String, String> words) {
    if (balanced) {
      words.put("balanced", "true");
    }
  }
}
