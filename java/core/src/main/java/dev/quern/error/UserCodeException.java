package dev.quern.error;

import org.jspecify.annotations.Nullable;

/**
 * An initialiser, augmentation, loss, optimizer or schedule of the user's own failed: the message
 * names it and what was asked of it. The cause is what it threw, if it threw anything.
 */
public class UserCodeException extends QuernException {
  private static final long serialVersionUID = 1L;

  public UserCodeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
