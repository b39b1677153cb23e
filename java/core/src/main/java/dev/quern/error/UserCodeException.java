package dev.quern.error;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a custom initializer, augmentation, loss, optimizer or schedule fails: the message
 * names it and the called method. The cause is its exception, if any.
 */
public class UserCodeException extends QuernException {
  private static final long serialVersionUID = 1L;

  public UserCodeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
