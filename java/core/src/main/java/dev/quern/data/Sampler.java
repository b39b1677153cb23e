package dev.quern.data;

import dev.quern.internal.arguments.Require;

/**
 * The selection and order of samples in each epoch of training. The order must depend only on the
 * arguments of {@link #order}, so that a resumed run is identical to an uninterrupted run. Custom
 * samplers implement this interface; a checkpoint identifies a sampler by its {@code toString}.
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
  /** The sampler that selects each sample once, in a random order determined by seed and epoch. */
  Sampler SHUFFLED = new Samplers.Shuffled();

  /** The sampler that selects each sample once, in the data set's order. */
  Sampler SEQUENTIAL = new Samplers.Sequential();

  /**
   * Returns the indices of an epoch's samples.
   *
   * @param samples the number of samples of the data set, at least 1
   * @param epoch the epoch, counted from 1 over all calls of fit
   * @param random random numbers determined by the run's seed and the epoch
   * @return {@code samples} indices from 0 to {@code samples - 1}; an index may occur several times
   */
  int[] order(int samples, int epoch, RandomNumbers random);

  /**
   * Returns a sampler that draws samples with replacement in every epoch, with probabilities
   * proportional to their weights, as PyTorch's {@code WeightedRandomSampler}. In contrast, {@link
   * Dataset#weighted} selects the same samples for all epochs, each in proportion to its weight.
   *
   * @param weights one weight per sample, at least 0, not all 0; copied
   * @throws dev.quern.error.InvalidArgumentException if a weight is negative or not finite, or all
   *     weights are 0
   */
  static Sampler weighted(double... weights) {
    return Samplers.Weighted.of(weights);
  }

  /**
   * Returns a sampler that draws samples with replacement in every epoch: first a class, then one
   * of its samples, each with equal probability. In contrast, {@link Dataset#balanced} selects the
   * same samples for all epochs, and each sample of a class about equally often.
   *
   * @param data the training set; its labels are read in this call
   * @throws dev.quern.error.InvalidArgumentException if the set is empty, or has targets
   */
  static Sampler balanced(Dataset data) {
    Require.present("sampler", "data", data);
    return Samplers.Weighted.of(Balanced.byClass(data));
  }
}
