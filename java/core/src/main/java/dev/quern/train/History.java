package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.metric.Evaluation;
import java.util.List;
import java.util.Optional;

/**
 * Metrics of a training run, epoch by epoch.
 *
 * @param epochs epochs of this call of fit, including those before an interruption
 * @param stopReason why fit returned
 */
public record History(List<Epoch> epochs, StopReason stopReason) {
  /** Why a call of fit returned. */
  public enum StopReason {
    /** All epochs are done. */
    FINISHED,
    /** The validation set stopped improving: see {@link EarlyStopping}. */
    EARLY,
    /**
     * {@link Trainer#stop} was called or the thread was interrupted; another call of fit resumes.
     */
    STOPPED
  }

  /**
   * Metrics of one pass over the training data.
   *
   * @param epoch counted from 1
   * @param loss mean training loss over the epoch, while the weights changed
   * @param accuracy training accuracy over the epoch, in [0, 1]; NaN for losses without accuracy,
   *     see {@link Evaluation}
   * @param seconds wall-clock time without validation
   * @param imagesPerSecond training images per second
   * @param validation result on the validation set after the epoch; empty without one
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
            "epoch: "
                + seconds
                + " seconds and "
                + imagesPerSecond
                + " images a second are not numbers of at least 0");
      }
    }
  }

  public History {
    epochs = Require.all("history", "epochs", epochs);
    Require.present("history", "stop reason", stopReason);
  }
}
