package dev.quern.fuzz.api;

import java.util.List;
import java.util.stream.Stream;

/** The API attack's cases: each a function of its seed, but for what threads decide. */
public final class Cases {
  /** Sessions take some ten times as long as calls, so they are fewer. */
  private static final int CALLS_OF_TEN = 8;

  /** Of the calls, those whose arguments change while they are used. */
  private static final int CHANGING_OF_TWENTY = 5;

  private final List<Folder> folders =
      Stream.generate(Folder::temporary).limit(Crowd.THREADS).toList();

  public Cases() {
    Scarcity.begin();
  }

  /**
   * Runs a case.
   *
   * @throws Exception with the case's calls, for what should not have come
   */
  public void run(long seed) throws Exception {
    int kind = new Draw(~seed).below(20);
    try {
      one(seed, kind).runAndClose();
    } finally {
      folders.forEach(Folder::empty);
    }
  }

  private Case one(long seed, int kind) {
    Folder folder = folders.get(0);
    if (kind < CHANGING_OF_TWENTY) {
      return new Changing(seed, folder, e -> {});
    } else if (kind < 2 * CALLS_OF_TEN) {
      return new Calls(seed, folder, e -> {});
    }
    return switch (kind) {
      case 17, 18 -> new Session(seed);
      case 19 -> new Twins(seed);
      default -> new Crowd(seed, folders, e -> {});
    };
  }

  /** Whether a case's error is a wrong answer rather than an error of no promised type. */
  public static boolean isWrong(Throwable t) {
    return t instanceof Verdict.Wrong;
  }
}
