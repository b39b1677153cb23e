package dev.quern.fuzz.api;

import java.util.List;
import java.util.SplittableRandom;

/** A case's random choices: functions of its seed. Thread-safe, for callbacks on any thread. */
public final class Draw {
  private final SplittableRandom random;

  public Draw(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A number in [0, n). */
  synchronized int below(int n) {
    return random.nextInt(n);
  }

  /** A number in [low, high]. */
  int between(int low, int high) {
    return low + below(high - low + 1);
  }

  /** True once in {@code n} times. */
  boolean once(int n) {
    return below(n) == 0;
  }

  synchronized long number() {
    return random.nextLong();
  }

  /** In [-1, 1). */
  synchronized double real() {
    return 2 * random.nextDouble() - 1;
  }

  /** Another one that this one decides: for a thread of its own. */
  Draw split() {
    return new Draw(number());
  }

  <T> T of(List<T> all) {
    return all.get(below(all.size()));
  }

  @SafeVarargs
  final <T> T of(T... all) {
    return all[below(all.length)];
  }

  float[] floats(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) real();
    }
    return values;
  }
}
