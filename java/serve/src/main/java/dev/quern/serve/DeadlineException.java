package dev.quern.serve;

import dev.quern.error.QuernException;

/** A request waited longer than it may. Nothing was computed for it. */
public class DeadlineException extends QuernException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message names the operation, the value and the rule
   */
  public DeadlineException(String message) {
    super(message);
  }
}
