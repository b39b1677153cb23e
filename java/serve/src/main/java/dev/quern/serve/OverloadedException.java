package dev.quern.serve;

import dev.quern.error.QuernException;

/** More requests wait than may. Nothing was computed; a later try may find room. */
public class OverloadedException extends QuernException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message names the operation, the value and the rule
   */
  public OverloadedException(String message) {
    super(message);
  }
}
