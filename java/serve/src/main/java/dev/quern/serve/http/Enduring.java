package dev.quern.serve.http;

/**
 * Runs the loop of a thread that nothing that is thrown may end.
 *
 * <p>A handler inside the loop is not enough. Where the JVM has no memory to make an object that
 * its compiler had left out, it throws out of all methods that were compiled into one, past their
 * handlers. The loop here is taken too seldom to be compiled.
 */
public final class Enduring {
  private static final long PAUSE_MILLIS = 10;

  private Enduring() {}

  /** Runs it again until it returns. */
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
      Log.warn("serve: a thread resumes", e);
      Thread.sleep(PAUSE_MILLIS); // others may give memory back
    } catch (Throwable again) {
      // not even that can be said; an interrupt is for the loop, which asks whether it is to end
    }
  }
}
