package dev.quern.serve;

import dev.quern.error.QuernException;

/** Thrown if a request times out before its computation starts. */
public class DeadlineException extends QuernException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message the operation, and the rule that was violated
   */
  public DeadlineException(String message) {
    super(message);
  }
}
