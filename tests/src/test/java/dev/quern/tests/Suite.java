package dev.quern.tests;

/** Which of the suites runs: the full one has more seeds, sizes and repetitions of a test. */
public final class Suite {
  public static final boolean FULL = Boolean.getBoolean("quern.full");

  private Suite() {}
}
