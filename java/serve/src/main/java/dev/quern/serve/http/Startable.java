package dev.quern.serve.http;

/**
 * An awaited result, which can be canceled without wasted work until its computation has started.
 */
public interface Startable {
  /** Returns whether the computation has started. */
  boolean hasStarted();
}
