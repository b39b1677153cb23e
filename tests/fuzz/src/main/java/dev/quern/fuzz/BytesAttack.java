package dev.quern.fuzz;

import java.util.SplittableRandom;

/**
 * An attack of which a case follows from some bytes: those that a seed makes, those that Jazzer
 * finds worth trying, or those of a finding.
 */
interface BytesAttack extends Attack {
  /** The most bytes that a case is made of. */
  int MOST = 512;

  /** Runs the case that follows from these bytes, as {@link Attack#run(long)} does. */
  void run(byte[] input) throws Exception;

  @Override
  default void run(long seed) throws Exception {
    run(bytes(seed));
  }

  /** The bytes that a seed makes. */
  static byte[] bytes(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = new byte[8 + random.nextInt(MOST / 2)];
    random.nextBytes(bytes);
    return bytes;
  }
}
