package dev.quern.plan.load;

import dev.quern.data.RandomNumbers;
import dev.quern.data.Sampler;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.UserCodeException;
import dev.quern.internal.Philox;
import dev.quern.internal.Philox.Stream;
import dev.quern.internal.arguments.UserCode;
import java.util.function.Supplier;

/** Calls samplers, which may be user code, and checks their results. */
public final class Sampling {
  private Sampling() {}

  /**
   * Returns the indices of an epoch's samples, in training order.
   *
   * @throws UserCodeException if the sampler throws, or returns null, a wrong number of indices or
   *     an index out of range
   * @throws InvalidArgumentException if the sampler's settings are not valid for this number of
   *     samples
   */
  public static int[] order(Sampler sampler, long seed, int epoch, int samples) {
    if (sampler == Sampler.SHUFFLED) {
      return Philox.permutation(seed, epoch, samples);
    }
    long key = Philox.bits(seed, Stream.SHUFFLE, 0, -1); // -1: the key is independent of the epoch
    RandomNumbers random = RandomNumbers.of(key, epoch, 0);
    String what = "training: sampler";
    int[] own = answered(what, () -> sampler.order(samples, epoch, random)).clone();
    if (own.length != samples) {
      throw new UserCodeException(
          what + " returned " + own.length + " indices for " + samples + " samples", null);
    }
    for (int index : own) {
      if (index < 0 || index >= samples) {
        throw new UserCodeException(
            what + ": index " + index + " is outside [0, " + samples + ")", null);
      }
    }
    return own;
  }

  /**
   * Calls a sampler. An {@link InvalidArgumentException} that the sampler throws is rethrown
   * unchanged; every other exception is wrapped.
   */
  private static int[] answered(String what, Supplier<int[]> order) {
    try {
      return UserCode.answer(what, order);
    } catch (UserCodeException e) {
      if (e.getCause() instanceof InvalidArgumentException rule) {
        throw rule;
      }
      throw e;
    }
  }
}
