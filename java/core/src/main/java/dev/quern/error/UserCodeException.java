package dev.quern.error;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a custom initializer, augmentation, loss, optimizer or schedule fails. The message
 * names the object and the called method; the cause is the exception that the object threw, if any.
 */
public class UserCodeException extends QuernException {
  private static final long serialVersionUID = 1L;

  public UserCodeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
