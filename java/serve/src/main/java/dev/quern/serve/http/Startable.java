package dev.quern.serve.http;

/** What a request awaits, where it may still wait itself: nothing is lost where it is given up. */
public interface Startable {
  /** Whether somebody computes it. */
  boolean hasStarted();
}
