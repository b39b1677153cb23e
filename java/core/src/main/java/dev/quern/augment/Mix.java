package dev.quern.augment;

/**
 * An augmentation that mixes each sample of a training batch with the previous sample, and the
 * first with the last. Labels become class probabilities, and targets are mixed in the same ratio.
 * The random draw depends only on the trainer's seed, the epoch and the step, so results are
 * identical for any number of threads and in a resumed run. Immutable.
 *
 * @see dev.quern.train.TrainerBuilder#mix
 */
public sealed interface Mix permits MixUp, CutMix {
  /**
   * Returns the parameter of the beta distribution from which the mixing ratio of a batch is drawn.
   */
  double alpha();
}
