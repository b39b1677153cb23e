package dev.quern.augment;

import dev.quern.data.RandomNumbers;
import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;

/**
 * An augmentation of your own, in plain Java:
 *
 * <pre>{@code
 * CustomAugmentation darker =
 *     (pixels, shape, random) -> {
 *       double factor = random.uniform(0.5, 1);
 *       for (int i = 0; i < pixels.length; i++) {
 *         pixels[i] = (byte) ((pixels[i] & 0xff) * factor);
 *       }
 *     };
 * Trainer.builder(network).augment(darker, new RandomHorizontalFlip())
 * }</pre>
 *
 * Those of your own run first, in the order in which the builder is given them, and the built-in
 * ones after them. Any number of them is allowed, on samples of any shape. They run on the threads
 * that gather samples, one sample at a time, and must not call the trainer. The random numbers are
 * those of the run's seed, the epoch, the sample and the augmentation's place in the list: draw
 * from nothing else, and the run is the same for any number of threads and when it is resumed.
 *
 * <p>What it throws ends fit as the cause of a {@link dev.quern.error.UserCodeException}; the
 * weights stay, and the trainer can go on. Runs are resumed where its {@code toString} is the same,
 * as a record's is; a lambda counts as any other.
 */
@FunctionalInterface
public non-sealed interface CustomAugmentation extends Augmentation {
  /**
   * Changes a sample of bytes in place.
   *
   * @param pixels unsigned, in C, H, W order, before they are normalised
   * @param shape the sample's, {@code [C, H, W]} or {@code [F]}
   */
  void augment(byte[] pixels, Shape shape, RandomNumbers random);

  /**
   * Changes a sample of a data set of floats in place; by default that is refused.
   *
   * @param values in C, H, W order, before they are normalised; to stay finite
   */
  default void augment(float[] values, Shape shape, RandomNumbers random) {
    throw new InvalidArgumentException(
        "augmentation: " + getClass().getName() + " changes bytes only, the samples are floats");
  }

  /**
   * Changes a sample's target in place, as a mask that moves with its image; by default nothing.
   * The random numbers are those that the sample itself got, from the first on. Of networks with
   * several inputs or outputs, each output's target is changed so.
   *
   * @param target of the output's shape; to stay finite, and whatever the loss wants of it
   */
  default void augmentTarget(float[] target, Shape shape, RandomNumbers random) {}
}
