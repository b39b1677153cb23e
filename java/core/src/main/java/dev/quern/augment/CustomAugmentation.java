package dev.quern.augment;

import dev.quern.data.RandomNumbers;
import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;

/**
 * A custom augmentation, in plain Java:
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
 * Custom augmentations run first, in the order in which the builder gets them, and the built-in
 * ones after them. Any number of them is allowed, on samples of any shape. They run on the threads
 * that gather samples, one sample at a time, and must not call the trainer. The random numbers
 * depend on the run's seed, the epoch, the sample and the augmentation's position in the list: use
 * no other source, so that the run is the same for any number of threads and when it is resumed.
 *
 * <p>If it throws, fit throws a {@link dev.quern.error.UserCodeException} with that cause; the
 * weights are unchanged, and the trainer remains usable. A run can be resumed if the {@code
 * toString} is the same, as for a record; all lambdas count as equal.
 */
@FunctionalInterface
public non-sealed interface CustomAugmentation extends Augmentation {
  /**
   * Changes a sample of bytes in place.
   *
   * @param pixels unsigned, in C, H, W order, before they are normalized
   * @param shape the sample's, {@code [C, H, W]} or {@code [F]}
   */
  void augment(byte[] pixels, Shape shape, RandomNumbers random);

  /**
   * Changes a sample of a data set of floats in place; by default that is refused.
   *
   * @param values in C, H, W order, before they are normalized; to stay finite
   */
  default void augment(float[] values, Shape shape, RandomNumbers random) {
    throw new InvalidArgumentException(
        "augmentation: "
            + getClass().getName()
            + " is for byte images only, the samples are floats");
  }

  /**
   * Changes a sample's target in place, for example a mask that moves with its image; by default it
   * does nothing. The random numbers are the same as for the sample itself, from the first on. In
   * networks with several inputs or outputs, each output's target is changed.
   *
   * @param target of the output's shape; must stay finite and valid for the loss
   */
  default void augmentTarget(float[] target, Shape shape, RandomNumbers random) {}
}
