package dev.quern;

import java.util.List;

/** What a training run reported, epoch by epoch. */
public record History(List<Epoch> epochs) {
  /**
   * One pass over the training data.
   *
   * @param epoch counted from 1
   * @param loss mean training loss over the epoch, as the weights moved
   * @param accuracy training accuracy over the epoch, in [0, 1]
   * @param seconds wall-clock time
   * @param imagesPerSecond training images a second
   */
  public record Epoch(
      int epoch, double loss, double accuracy, double seconds, double imagesPerSecond) {}

  public History {
    epochs = List.copyOf(epochs);
  }
}
