package dev.quern.serve.http;

/**
 * A runner of a thread's loop that continues after any exception.
 *
 * <p>A handler inside the loop is not enough: if the JVM cannot allocate an object that its
 * compiler had eliminated, the exception bypasses the handlers of all methods that were compiled
 * into one. The loop here runs too rarely to be compiled.
 */
public final class Enduring {
  private static final long PAUSE_MILLIS = 10;

  private Enduring() {}

  /** Runs the loop again after each exception, until it returns. */
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
      Thread.sleep(PAUSE_MILLIS); // others may give memory back
    } catch (Throwable again) {
      // even logging failed; an interrupt is left to the loop, which checks whether to stop
    }
  }
}
