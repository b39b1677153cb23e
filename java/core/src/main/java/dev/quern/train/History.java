package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.metric.Evaluation;
import java.util.List;
import java.util.Optional;

/**
 * The metrics of a training run, epoch by epoch.
 *
 * @param epochs the epochs of this call of fit, including epochs before an interruption
 * @param stopReason the reason why fit returned
 */
public record History(List<Epoch> epochs, StopReason stopReason) {
  /** The reason why a call of fit returned. */
  public enum StopReason {
    /** All epochs are finished. */
    FINISHED,
    /** Early stopping: the validation result has stopped improving, see {@link EarlyStopping}. */
    EARLY,
    /**
     * {@link Trainer#stop} was called or the thread was interrupted; another call of fit resumes
     * training.
     */
    STOPPED
  }

  /**
   * The metrics of one epoch.
   *
   * @param epoch the epoch, counted from 1
   * @param loss the mean training loss over the epoch; each step's loss is computed before its
   *     update
   * @param accuracy the training accuracy over the epoch, in [0, 1]; NaN for losses without
   *     accuracy, see {@link Evaluation}
   * @param seconds wall-clock time of training in the epoch, without validation
   * @param imagesPerSecond training images per second
   * @param validation the result on the validation set after the epoch; empty without a validation
   *     set
   */
  public record Epoch(
      int epoch,
      double loss,
      double accuracy,
      double seconds,
      double imagesPerSecond,
      Optional<Evaluation> validation) {
    public Epoch {
      Require.present("epoch", "validation", validation);
      if (epoch < 1) {
        throw new InvalidArgumentException("epoch: number " + epoch + " must be at least 1");
      }
      if (!(seconds >= 0) || !(imagesPerSecond >= 0)) {
        throw new InvalidArgumentException(
            "epoch: seconds "
                + seconds
                + " and imagesPerSecond "
                + imagesPerSecond
                + " must be at least 0");
      }
    }
  }

  public History {
    epochs = Require.all("history", "epochs", epochs);
    Require.present("history", "stop reason", stopReason);
  }
}
