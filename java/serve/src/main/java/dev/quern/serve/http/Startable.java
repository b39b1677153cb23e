package dev.quern.serve.http;

/**
 * An awaited result that reports whether its computation has started. Before the computation
 * starts, the result can be canceled at no cost.
 */
public interface Startable {
  /** Returns whether the computation has started. */
  boolean hasStarted();
}
