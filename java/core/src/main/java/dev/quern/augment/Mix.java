package dev.quern.augment;

/**
 * How each training sample of a batch is mixed with the sample before it in the batch, the first
 * with the last. Labels become mixed probabilities, and targets are mixed in the same parts. What
 * is drawn depends on the trainer's seed, the epoch and the step only, so that a run is the same
 * for any number of threads and when it is resumed. Immutable.
 *
 * @see dev.quern.train.TrainerBuilder#mix
 */
public sealed interface Mix permits MixUp, CutMix {
  /** Of the beta distribution that a sample's own part is drawn from, once for each batch. */
  double alpha();
}
