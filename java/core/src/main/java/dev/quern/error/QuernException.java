package dev.quern.error;

/**
 * The root of every exception that Quern throws on purpose. Its message names operation, value and
 * rule.
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
