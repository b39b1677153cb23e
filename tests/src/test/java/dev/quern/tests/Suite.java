package dev.quern.tests;

import java.util.List;

/** Which of the suites runs: the full one has more seeds, sizes and repetitions of a test. */
public final class Suite {
  public static final boolean FULL = Boolean.getBoolean("quern.full");

  private Suite() {}

  /** The full suite has them all, the short one the first {@code few}. */
  public static <T> List<T> first(int few, List<T> all) {
    return FULL ? all : all.subList(0, few);
  }
}
