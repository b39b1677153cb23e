package dev.quern.cli.option;

import dev.quern.train.TrainerBuilder;
import picocli.CommandLine.Option;

/** The option {@code --recompute} of commands that train. */
public final class RecomputeOption {
  @Option(
      names = "--recompute",
      description =
          "Gradient (activation) checkpointing: recompute activations in the backward pass."
              + " Training needs less memory and up to a third more time; results are the same.")
  private boolean recompute;

  /** Creates the option with its default; picocli sets its value. */
  public RecomputeOption() {}

  public TrainerBuilder apply(TrainerBuilder b) {
    return recompute ? b.recompute() : b;
  }
}
