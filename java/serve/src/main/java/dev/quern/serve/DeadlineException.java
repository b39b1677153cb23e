package dev.quern.serve;

import dev.quern.error.QuernException;

/** Thrown if a request times out while waiting; nothing was computed for it. */
public class DeadlineException extends QuernException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message the operation, the value and the rule
   */
  public DeadlineException(String message) {
    super(message);
  }
}
