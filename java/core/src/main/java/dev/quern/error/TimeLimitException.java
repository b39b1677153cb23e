package dev.quern.error;

/** Thrown when an operation exceeds its time limit. The operation has ended and has no result. */
public class TimeLimitException extends QuernException {
  private static final long serialVersionUID = 1L;

  public TimeLimitException(String message) {
    super(message);
  }
}
