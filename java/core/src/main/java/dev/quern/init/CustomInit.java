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
 * The initializer is called in the thread that builds the trainer. If the initializer throws, its
 * exception is the cause of a {@link UserCodeException}. To resume a run, the initializer's {@code
 * toString} must return the same string as in the first run. Records do so by default; all lambdas
 * count as equal.
 */
@FunctionalInterface
public non-sealed interface CustomInit extends Init {
  /**
   * Fills a tensor.
   *
   * @param shape OIHW for convolutions, [out, in] for linear layers
   * @param random random numbers that depend on the run's seed and this tensor
   * @param values array to fill with finite numbers, in row-major order; initially zeros
   */
  void fill(Shape shape, RandomNumbers random, float[] values);

  /**
   * Computes the values of a tensor with {@link #fill} and checks that they are finite.
   *
   * @throws UserCodeException if {@link #fill} throws, or a value is not finite
   */
  @Override
  default float[] values(Shape shape, long seed, int part) {
    long elements = Require.present("initialize", "shape", shape).elements();
    float[] given = Heap.floats("initialize", elements);
    String what = "initialize: " + getClass().getName();
    UserCode.call(what, () -> fill(shape, RandomNumbers.of(seed, part, -1), given)); // -1: no image
    float[] values = given.clone(); // the initializer may still use the array
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new UserCodeException(what + " wrote " + values[i] + " at index " + i, null);
      }
    }
    return values;
  }
}
