package dev.quern.serve;

import dev.quern.error.QuernException;

/**
 * Thrown if the queue of requests is full; nothing was computed, and a later attempt may succeed.
 */
public class OverloadedException extends QuernException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message names the operation, the value and the rule
   */
  public OverloadedException(String message) {
    super(message);
  }
}
