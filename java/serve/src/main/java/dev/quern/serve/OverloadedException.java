package dev.quern.serve;

import dev.quern.error.QuernException;

/**
 * Thrown if the request queue is full. The request was not computed, and may succeed if it is sent
 * again later.
 */
public class OverloadedException extends QuernException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message the operation, the value found and the value expected
   */
  public OverloadedException(String message) {
    super(message);
  }
}
