package dev.quern.error;

import org.jspecify.annotations.Nullable;

/**
 * A loss of the user's own failed: the message names it and what was wrong. The cause is what it
 * threw, if it threw anything.
 */
public class LossException extends QuernException {
  private static final long serialVersionUID = 1L;

  public LossException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
