package dev.quern.init;

import dev.quern.data.RandomNumbers;
import dev.quern.error.UserCodeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.internal.arguments.UserCode;
import dev.quern.tensor.Shape;

/**
 * A custom initializer of weights, in plain Java:
 *
 * <pre>{@code
 * CustomInit sparse =
 *     (shape, random, values) -> {
 *       for (int i = 0; i < values.length; i++) {
 *         values[i] = random.chance(0.1) ? (float) random.normal() : 0;
 *       }
 *     };
 * Trainer.builder(network).initialize("fc.weight", sparse)
 * }</pre>
 *
 * It is called while a trainer is built, on the building thread. Its exception becomes the cause of
 * a {@link UserCodeException}. A run can be resumed if the {@code toString} is the same, as for a
 * record; all lambdas count as equal.
 */
@FunctionalInterface
public non-sealed interface CustomInit extends Init {
  /**
   * Fills a tensor.
   *
   * @param shape OIHW for convolutions, [out, in] for linear layers
   * @param random of the run's seed and this tensor
   * @param values zeros at first, in the order of a file; to be finite numbers
   */
  void fill(Shape shape, RandomNumbers random, float[] values);

  /**
   * Computes a tensor with {@link #fill} and validates it.
   *
   * @throws UserCodeException if it throws, or a value is not finite
   */
  @Override
  default float[] values(Shape shape, long seed, int part) {
    long elements = Require.present("initialize", "shape", shape).elements();
    float[] given = Heap.floats("initialize", elements);
    String what = "initialize: " + getClass().getName();
    UserCode.call(what, () -> fill(shape, RandomNumbers.of(seed, part, -1), given)); // no image's
    float[] values = given.clone(); // it may have kept the array
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new UserCodeException(what + " wrote " + values[i] + " at " + i, null);
      }
    }
    return values;
  }
}
