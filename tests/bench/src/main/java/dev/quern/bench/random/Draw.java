package dev.quern.bench.random;

import java.util.Random;

/** What a seed decides. The same numbers come on every machine and by every JDK. */
final class Draw {
  private static final long SPREAD = 0x9e3779b97f4a7c15L;

  private final Random random;

  Draw(String family, int seed) {
    // java.util.Random begins alike for seeds that lie close together
    random = new Random((family.hashCode() + 31L * seed) * SPREAD);
  }

  /** From least to most, both included. */
  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  int of(int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  @SafeVarargs
  final <T> T one(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  boolean chance(double share) {
    return random.nextDouble() < share;
  }
}
