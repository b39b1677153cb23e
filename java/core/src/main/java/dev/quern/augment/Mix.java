package dev.quern.augment;

/**
 * Mixing of each training sample of a batch with the previous sample in the batch, the first with
 * the last. Labels become mixed probabilities, and targets are mixed in the same ratio. The draw
 * depends only on the trainer's seed, the epoch and the step, so a run is the same for any number
 * of threads and when it is resumed. Immutable.
 *
 * @see dev.quern.train.TrainerBuilder#mix
 */
public sealed interface Mix permits MixUp, CutMix {
  /**
   * Parameter of the beta distribution from which a sample's own fraction is drawn, once per batch.
   */
  double alpha();
}
