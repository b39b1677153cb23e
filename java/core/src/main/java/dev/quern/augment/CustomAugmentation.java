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
 * Custom augmentations run before the built-in ones, in the order in which the builder receives
 * them. A trainer accepts any number of them, for samples of any shape. The augmentations run on
 * the threads that load samples, one sample at a time, and must not call the trainer. The random
 * numbers depend on the run's seed, the epoch, the sample and the augmentation's position in the
 * list: use no other random numbers, so that results are identical for any number of threads and in
 * a resumed run.
 *
 * <p>If an augmentation throws, fit throws a {@link dev.quern.error.UserCodeException} with the
 * exception as its cause; the weights are unchanged, and the trainer remains usable. To resume a
 * run, the augmentation's {@code toString} must return the same string as in the first run. Records
 * do so by default; all lambdas count as equal.
 */
@FunctionalInterface
public non-sealed interface CustomAugmentation extends Augmentation {
  /**
   * Changes a byte sample in place.
   *
   * @param pixels unsigned bytes in C, H, W order, before normalization
   * @param shape the sample's shape, {@code [C, H, W]} or {@code [F]}
   */
  void augment(byte[] pixels, Shape shape, RandomNumbers random);

  /**
   * Changes a float sample in place; the default implementation throws an exception.
   *
   * @param values the values in C, H, W order, before normalization; must remain finite
   */
  default void augment(float[] values, Shape shape, RandomNumbers random) {
    throw new InvalidArgumentException(
        "augmentation: " + getClass().getName() + " requires byte samples, found floats");
  }

  /**
   * Changes a sample's target in place, for example a mask that moves with its image; the default
   * implementation does nothing. The random numbers are those that the sample's augmentation
   * received: the same sequence of draws yields the same numbers. In networks with several outputs,
   * the method is called for each output's target.
   *
   * @param target the target, of the output's shape; must remain finite and valid for the loss
   */
  default void augmentTarget(float[] target, Shape shape, RandomNumbers random) {}
}
