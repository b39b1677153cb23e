package dev.quern.cli.train;

import dev.quern.data.MultiDataset;
import dev.quern.error.QuernException;
import dev.quern.profile.LayerTimes;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.util.Optional;

/**
 * After training, measures the time of each layer in a step, if the measurement takes little time
 * compared with the training.
 */
final class TimeByLayer implements TrainingListener {
  private static final int STEPS = 3;

  /** Minimum training time for a measurement, in seconds. */
  private static final double LEAST_SECONDS = 1;

  /**
   * Maximum time for the measurement, as a fraction of the training time, but at least {@code
   * SECONDS}.
   */
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

  /** Measures the layers; returns an empty result if training was short, or steps are too slow. */
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
