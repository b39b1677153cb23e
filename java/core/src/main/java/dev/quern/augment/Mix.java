package dev.quern.augment;

/**
 * The mixing of each training sample of a batch with the previous sample in the batch, and of the
 * first with the last. Labels become mixed probabilities, and targets are mixed in the same ratio.
 * The draw depends only on the trainer's seed, the epoch and the step, so results are identical for
 * any number of threads and in a resumed run. Immutable.
 *
 * @see dev.quern.train.TrainerBuilder#mix
 */
public sealed interface Mix permits MixUp, CutMix {
  /**
   * Returns the parameter of the beta distribution from which the fraction of the first sample is
   * drawn, once per batch.
   */
  double alpha();
}
