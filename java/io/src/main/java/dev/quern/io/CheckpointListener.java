package dev.quern.io;

import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import dev.quern.train.TrainingState;
import org.jspecify.annotations.Nullable;

/**
 * A training listener that locks a folder of checkpoints during fit, calls another listener, and
 * then writes the trainer's checkpoints. Not thread-safe.
 */
final class CheckpointListener implements TrainingListener {
  private final Checkpoints checkpoints;
  private final Trainer trainer;
  private final TrainingListener first;

  /** The lock of the folder; null between calls of fit. */
  private FolderLock lock;

  /**
   * The number of training steps at the last checkpoint of this call of fit; -1 before the first
   * checkpoint.
   */
  private long saved = -1;

  CheckpointListener(Checkpoints checkpoints, Trainer trainer, TrainingListener first) {
    this.checkpoints = checkpoints;
    this.trainer = trainer;
    this.first = first;
  }

  /** Locks the folder, so that a folder in use is rejected before the first training step. */
  @Override
  public void onBegin() {
    FolderLock taken = checkpoints.lock(trainer);
    try {
      first.onBegin();
    } catch (RuntimeException | Error e) {
      taken.close();
      throw e;
    }
    lock = taken;
    saved = -1;
  }

  @Override
  public void onStep(Step step) {
    first.onStep(step);
    int every = checkpoints.everySteps();
    // the epoch's own checkpoint follows its last step
    if (every > 0 && step.step() % every == 0 && step.step() < step.steps()) {
      save(trainer.state());
    }
  }

  @Override
  public void onMetric(Metric metric) {
    first.onMetric(metric);
  }

  @Override
  public void onEpoch(History.Epoch epoch) {
    first.onEpoch(epoch);
    save(trainer.state());
  }

  /** Writes a checkpoint of the last training step if fit was stopped. */
  @Override
  public void onEnd(History.@Nullable StopReason stopReasonOrNull) {
    try {
      first.onEnd(stopReasonOrNull);
      if (stopReasonOrNull == History.StopReason.STOPPED) {
        saveUnlessSaved(trainer.state());
      }
    } finally {
      release();
    }
  }

  private void release() {
    if (lock != null) { // a call of fit that failed at its start does not hold the lock
      lock.close();
      lock = null;
    }
  }

  private void saveUnlessSaved(TrainingState state) {
    if (state.progress().steps() != saved) {
      save(state);
    }
  }

  private void save(TrainingState state) {
    checkpoints.save(trainer, state);
    saved = state.progress().steps();
  }
}
