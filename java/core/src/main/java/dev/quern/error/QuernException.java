package dev.quern.error;

/**
 * Base class of all exceptions that Quern throws. The message names the operation, the value found
 * and the value expected.
 */
public class QuernException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public QuernException(String message) {
    super(message);
  }

  public QuernException(String message, Throwable cause) {
    super(message, cause);
  }
}
