package dev.quern.serve.http;

/**
 * A result that a request waits for; until its computation has started, it can be cancelled without
 * loss.
 */
public interface Startable {
  /** Whether its computation has started. */
  boolean hasStarted();
}
