package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Require;
import dev.quern.metric.Evaluation;
import java.util.List;
import java.util.Optional;

/**
 * What a training run reported, epoch by epoch.
 *
 * @param epochs of this call of fit, those before an interruption included
 * @param ending why fit returned
 */
public record History(List<Epoch> epochs, Ending ending) {
  /** Why a call of fit returned. */
  public enum Ending {
    /** All epochs are done. */
    FINISHED,
    /** The validation set stopped improving: see {@link EarlyStopping}. */
    EARLY,
    /**
     * {@link Trainer#stop} was called or the thread interrupted; another call of fit goes on from
     * there.
     */
    STOPPED
  }

  /**
   * One pass over the training data.
   *
   * @param epoch counted from 1
   * @param loss mean training loss over the epoch, as the weights moved
   * @param accuracy training accuracy over the epoch, in [0, 1]; NaN where the loss has none, see
   *     {@link Evaluation}
   * @param seconds wall-clock time, validation apart
   * @param imagesPerSecond training images a second
   * @param validation on the validation set after the epoch; empty where there is none
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
    Require.present("history", "ending", ending);
  }
}
