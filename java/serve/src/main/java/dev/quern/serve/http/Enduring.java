package dev.quern.serve.http;

/**
 * Runs a thread's loop, and restarts it after any exception.
 *
 * <p>An exception handler inside the loop is not enough. If the JIT compiler has eliminated an
 * object's allocation and the JVM must later allocate the object when memory is exhausted, the
 * exception bypasses the handlers of all methods compiled together. The loop here runs too rarely
 * to be compiled.
 */
public final class Enduring {
  private static final long PAUSE_MILLIS = 10;

  private Enduring() {}

  /** Runs the loop, and restarts it after each exception, until it returns normally. */
  public static void run(Runnable loop) {
    for (boolean more = true; more; ) {
      try {
        loop.run();
        more = false;
      } catch (Throwable e) {
        say(e);
      }
    }
  }

  private static void say(Throwable e) {
    try {
      Log.warn("serve: a thread continues after an error", e);
      Thread.sleep(PAUSE_MILLIS); // other threads may free memory
    } catch (Throwable again) {
      // even logging failed; an interrupt is left to the loop, which checks whether to stop
    }
  }
}
