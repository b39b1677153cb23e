package dev.quern.error;

/**
 * Thrown when an operation exceeds its time limit. The operation is stopped and does not return a
 * result.
 */
public class TimeLimitException extends QuernException {
  private static final long serialVersionUID = 1L;

  public TimeLimitException(String message) {
    super(message);
  }
}
