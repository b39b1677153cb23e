package dev.quern.data;

import dev.quern.internal.arguments.Require;

/**
 * Which samples an epoch of training has, and in which order. The order is to depend on what is
 * given and nothing else, so that a run is the same when it is resumed. May be the user's own; its
 * {@code toString} is what a checkpoint knows it by.
 *
 * <pre>{@code
 * Sampler backwards = (samples, epoch, random) -> {
 *   int[] order = new int[samples];
 *   for (int i = 0; i < samples; i++) {
 *     order[i] = samples - 1 - i;
 *   }
 *   return order;
 * };
 * }</pre>
 *
 * @see dev.quern.train.TrainerBuilder#sampler
 */
@FunctionalInterface
public interface Sampler {
  /** Each sample once, in an order by seed and epoch. */
  Sampler SHUFFLED = new Samplers.Shuffled();

  /** Each sample once, in the data set's order, in every epoch. */
  Sampler SEQUENTIAL = new Samplers.Sequential();

  /**
   * The samples of an epoch, by their indices.
   *
   * @param samples of the data set, at least 1
   * @param epoch counted from 1 over all calls of fit
   * @param random of the run's seed and the epoch
   * @return as many indices as there are samples, each from 0 and below that; one may come several
   *     times
   */
  int[] order(int samples, int epoch, RandomNumbers random);

  /**
   * Draws samples with probabilities proportional to their weights, again in every epoch, with
   * replacement: PyTorch's {@code WeightedRandomSampler}. {@link Dataset#weighted} draws once
   * instead, and evenly.
   *
   * @param weights one per sample, at least 0, not all 0; copied
   * @throws dev.quern.error.InvalidArgumentException if they break a rule
   */
  static Sampler weighted(double... weights) {
    return Samplers.Weighted.of(weights);
  }

  /**
   * Draws all classes with equal probability, and all samples of a class with equal probability,
   * again in every epoch, with replacement. {@link Dataset#balanced} repeats the samples of a class
   * equally often instead.
   *
   * @param data the training set; its labels are read here
   * @throws dev.quern.error.InvalidArgumentException if the set is empty, or has targets
   */
  static Sampler balanced(Dataset data) {
    Require.present("sampler", "data", data);
    return Samplers.Weighted.of(Balanced.byClass(data));
  }
}
