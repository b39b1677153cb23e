package dev.quern.serve.http;

/**
 * An awaited result that reports whether its computation has started. Before that, it can be
 * canceled at no cost.
 */
public interface Startable {
  /** Returns whether the computation has started. */
  boolean hasStarted();
}
