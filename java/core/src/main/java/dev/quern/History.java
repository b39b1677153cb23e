package dev.quern;

import dev.quern.internal.Require;
import java.util.List;

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
    /** {@link Trainer#stop} was called; another call of fit goes on from there. */
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
   * @param validation on the validation set after the epoch; null where there is none
   */
  public record Epoch(
      int epoch,
      double loss,
      double accuracy,
      double seconds,
      double imagesPerSecond,
      Evaluation validation) {}

  public History {
    epochs = List.copyOf(epochs);
    Require.present("history", "ending", ending);
  }
}
