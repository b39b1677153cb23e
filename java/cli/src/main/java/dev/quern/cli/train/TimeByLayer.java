package dev.quern.cli.train;

import dev.quern.data.MultiDataset;
import dev.quern.error.QuernException;
import dev.quern.profile.LayerTimes;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.util.Optional;

/** Measures where a step's time goes when training has ended, if that is cheap beside it. */
final class TimeByLayer implements TrainingListener {
  private static final int STEPS = 3;

  /** Training that took less is not worth it. */
  private static final double LEAST_SECONDS = 1;

  /** Time limit as a fraction of the training's time, or in seconds if that is less. */
  private static final double SHARE = 0.05;

  private static final double SECONDS = 1;

  private final Trainer trainer;
  private final MultiDataset data;
  private int steps;

  TimeByLayer(Trainer trainer, MultiDataset data) {
    this.trainer = trainer;
    this.data = data;
  }

  @Override
  public void onStep(Step step) {
    steps++;
  }

  /** Empty where training was short, or its steps were few and long. */
  Optional<LayerTimes> measure(History history) {
    double seconds = history.epochs().stream().mapToDouble(History.Epoch::seconds).sum();
    double cost = STEPS * seconds / steps;
    if (seconds < LEAST_SECONDS || !(cost <= Math.max(SECONDS, SHARE * seconds))) {
      return Optional.empty();
    }
    try {
      return Optional.of(trainer.profile(data, STEPS));
    } catch (QuernException e) {
      return Optional
          .empty(); // for example, files that were deleted meanwhile: the report is more important
    }
  }
}
