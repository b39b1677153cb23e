package dev.quern.fuzz.api;

import dev.quern.internal.Memory;
import java.util.List;

/** What all cases have: a world, a trace, and an end at which nothing is left. */
abstract class Case {
  final Draw draw;
  final Trace calls = new Trace();

  Case(long seed) {
    draw = new Draw(seed);
  }

  /** The case's own part; what it opens is opened in the world. */
  abstract void run() throws Exception;

  /** What is to be closed. */
  abstract List<AutoCloseable> opened();

  /** Runs, closes, and looks for what is left. */
  final void runAndClose() throws Exception {
    long before = Memory.live();
    try {
      run();
    } finally {
      Thread.interrupted(); // the next case is another's
      closeAll();
    }
    long left = Memory.live() - before;
    if (left > 0) {
      throw new Verdict.Wrong(
          left + " bytes off-heap are left when all is closed, after these calls:" + calls);
    }
  }

  private void closeAll() throws Exception {
    for (AutoCloseable a : opened()) {
      try {
        a.close();
        a.close();
      } catch (Exception | Error e) {
        calls.add(() -> "at the end: close of " + Words.of(a));
        throw new Verdict.Wrong("close is refused when no call is inside: " + e + calls);
      }
    }
  }
}
