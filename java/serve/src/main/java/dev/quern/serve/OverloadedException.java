package dev.quern.serve;

import dev.quern.error.QuernException;

/**
 * Thrown if the queue of requests is full; nothing was computed, and a later attempt may succeed.
 */
public class OverloadedException extends QuernException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message the operation, the value found and the value expected
   */
  public OverloadedException(String message) {
    super(message);
  }
}
